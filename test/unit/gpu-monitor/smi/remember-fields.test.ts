import { assert } from 'chai';
import type { Field } from '../../../../plugins/gpu-monitor/smi/field.ts';
import { FIELDS } from '../../../../plugins/gpu-monitor/smi/fields.ts';
import type { FieldName, GpuRecord, SmiDocument } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { type KnownFields, rememberFields } from '../../../../plugins/gpu-monitor/smi/remember-fields.ts';

const value = (text: string): Field => ({ kind: 'value', text });
const absent: Field = { kind: 'absent' };
const unsupported: Field = { kind: 'unsupported', text: 'N/A' };

function gpu(fields: Partial<Record<FieldName, Field>>, address = '0000:53:00.0'): GpuRecord {
  const all = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, absent])) as Record<FieldName, Field>;
  return { address, index: 0, fields: { ...all, uuid: value('GPU-1'), migMode: value('Disabled'), eccMode: value('Enabled'), ...fields } };
}

function documentOf(...gpus: readonly GpuRecord[]): SmiDocument {
  return { driverVersion: '580.1', attachedGpus: gpus.length, gpus, isWhole: true, source: 'nvidia-smi -q -x' };
}

/** Temperature of the first GPU in the last of these outputs. */
function temperatureIn(...documents: readonly SmiDocument[]): Field | undefined {
  let known: KnownFields = new Map();
  let last: SmiDocument | undefined;
  for (const document of documents) ({ known, document: last } = rememberFields(known, document));
  return last?.gpus[0]?.fields.temperature;
}

const hot = documentOf(gpu({ temperature: value('40 C') }));

describe('a field of a GPU', () => {
  it('that never had a value stays what it is', () => {
    assert.deepEqual(temperatureIn(documentOf(gpu({ temperature: unsupported })), documentOf(gpu({ temperature: absent }))), absent);
  });

  it('that had a value and now has a placeholder, or is not there, could not be read', () => {
    const want: Field = { kind: 'failed', text: 'N/A, was there before' };
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: unsupported }))), want);
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: unsupported })), documentOf(gpu({ temperature: unsupported }))), want, 'also the next time');
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: absent }))), { kind: 'failed', text: 'not told, was there before' });
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: { kind: 'unsupported', text: '' } }))), { kind: 'failed', text: 'nothing, was there before' });
  });

  it('keeps what the driver says of the whole GPU, and a value that comes back', () => {
    const lost: Field = { kind: 'lost', text: 'GPU is lost' };
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: lost }))), lost);
    assert.deepEqual(temperatureIn(hot, documentOf(gpu({ temperature: unsupported })), hot), value('40 C'));
  });

  for (const [what, now] of [
    ['MIG was switched on', documentOf(gpu({ temperature: unsupported, migMode: value('Enabled') }))],
    ['ECC was switched off', documentOf(gpu({ temperature: unsupported, eccMode: value('Disabled') }))],
    ['another board sits there', documentOf(gpu({ temperature: unsupported, uuid: value('GPU-2') }))],
    ['another driver answers', { ...documentOf(gpu({ temperature: unsupported })), driverVersion: '610.1' }],
    ['another question was asked', { ...documentOf(gpu({ temperature: unsupported })), source: 'nvidia-smi --query-gpu' }],
    ['it is another GPU', documentOf(gpu({ temperature: unsupported }, '0000:ca:00.0'))],
  ] as const satisfies readonly (readonly [string, SmiDocument])[]) {
    it(`may have gone if ${what}`, () => {
      assert.deepEqual(temperatureIn(hot, now), unsupported);
    });
  }

  it('is missed though nobody can read any longer which GPU it is', () => {
    const blind = { ...documentOf(gpu({ temperature: unsupported, uuid: unsupported, migMode: unsupported, eccMode: absent })), driverVersion: undefined };
    assert.deepEqual(temperatureIn(hot, blind), { kind: 'failed', text: 'N/A, was there before' });
  });

  it('is forgotten after hundreds of other addresses', () => {
    const many = Array.from({ length: 300 }, (_, index) => documentOf(gpu({}, `${index.toString(16).padStart(4, '0')}:00:00.0`)));
    assert.deepEqual(temperatureIn(hot, ...many, documentOf(gpu({ temperature: unsupported }))), unsupported);
  });
});
