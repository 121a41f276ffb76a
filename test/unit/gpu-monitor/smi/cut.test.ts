import { assert } from 'chai';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as fc from 'fast-check';
import { parseHelpQueryGpu, parseSmiCsv, queryColumns } from '../../../../plugins/gpu-monitor/smi/csv.ts';
import type { SmiDocument } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { parseSmiXml } from '../../../../plugins/gpu-monitor/smi/xml.ts';
import { anyText } from '../../../support/arbitraries.ts';
import { DRIVERS, FAMILIES } from '../../../support/smi-leaves.ts';
import { smiCsv, smiXml } from '../../../support/smi-xml.ts';

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/gpu');
const recorded = existsSync(CORPUS) ? globSync('*/*.xml', { cwd: CORPUS }).map((file) => ({ name: basename(file), text: readFileSync(join(CORPUS, file), 'utf8') })) : [];
const made = DRIVERS.flatMap((driver, index) => FAMILIES.map((family) => {
  const sample = { driver, family, gpus: 1 + (index % 4), mig: family === 'datacenter' && index % 2 === 1 };
  return { name: `${driver} ${family}`, text: smiXml(sample) };
}));

/** What a piece of a document may tell: the same of each GPU that it tells of, and that it is not all. */
function requirePartOf(piece: SmiDocument, whole: SmiDocument): void {
  assert.isFalse(piece.isWhole);
  for (const gpu of piece.gpus) assert.deepEqual(gpu, whole.gpus[whole.gpus.findIndex(({ address }) => address === gpu.address)]);
}

describe('an output of nvidia-smi that was cut', () => {
  for (const { name, text } of [...made, ...recorded]) {
    it(`tells nothing else of a GPU, and never that it is whole: ${name}`, () => {
      const whole = parseSmiXml(text);
      const length = text.trimEnd().length;
      fc.assert(fc.property(fc.nat(length - 1), (end) => requirePartOf(parseSmiXml(text.slice(0, end)), whole)), { numRuns: 50 });
    });
  }

  it('tells nothing else wherever one GPU ends', () => {
    const text = smiXml({ gpus: 2, withSupportedClocks: false });
    const whole = parseSmiXml(text);
    const around = [...text.matchAll(/<\/gpu>|<gpu |<\/nvidia_smi_log>/g)].flatMap(({ index }) => Array.from({ length: 24 }, (_, step) => index - 4 + step));
    for (const end of around.filter((end) => end < text.trimEnd().length)) requirePartOf(parseSmiXml(text.slice(0, end)), whole);
  });

  it('nor as a table', () => {
    const columns = queryColumns(undefined);
    const text = smiCsv({ gpus: 3, change: (gpu) => ({ temperature: `${30 + gpu} C` }) }, columns);
    const whole = parseSmiCsv(text, columns);
    assert.isTrue(whole.isWhole);
    for (let end = 0; end < text.length; end += 1) requirePartOf(parseSmiCsv(text.slice(0, end), columns), whole);
  });
});

describe('an output of nvidia-smi that is garbage', () => {
  const pieces = fc.oneof(
    anyText,
    fc.constantFrom('<nvidia_smi_log>', '</nvidia_smi_log>', '<gpu id="00000000:18:00.0">', '<gpu id="00000000:2A:00.0">', '<gpu>', '</gpu>', '<attached_gpus>1</attached_gpus>',
      '<uuid>GPU-1</uuid>', '<temperature>', '</temperature>', '<gpu_temp>29 C</gpu_temp>', '<gpu_temp>', '<supported_clocks>', '<processes>', '<fabric>', '</fabric>', '<!--', '-->', '<', '>', '&amp;'),
  );

  it('never makes it throw, nor a GPU without an address and a name', () => {
    fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const document = parseSmiXml(parts.join(''));
      assert.isTrue(document.gpus.every(({ address, fields }) => address !== '' && (fields.uuid.kind !== 'absent' || fields.productName.kind !== 'absent')));
    }), { numRuns: 500 });
  });

  it('in the middle of a good one changes at most the GPU that it stands in, or makes it not whole', () => {
    const text = smiXml({ gpus: 2, withSupportedClocks: false });
    const whole = parseSmiXml(text);
    fc.assert(fc.property(fc.nat(text.length), pieces, (place, piece) => {
      const document = parseSmiXml(text.slice(0, place) + piece + text.slice(place));
      const same = document.gpus.filter((gpu) => whole.gpus.some((other) => JSON.stringify(other) === JSON.stringify(gpu)));
      assert.isTrue(!document.isWhole || same.length >= 1);
    }));
  });

  it('never makes the table throw', () => {
    const columns = queryColumns(undefined);
    fc.assert(fc.property(fc.array(fc.oneof(anyText, fc.constantFrom(',', ', ', '\n', smiCsv({ gpus: 1 }, columns)))), (parts) => {
      const text = parts.join('');
      parseHelpQueryGpu(text);
      assert.isTrue(parseSmiCsv(text, columns).gpus.every(({ address }) => address !== ''));
    }));
  });
});
