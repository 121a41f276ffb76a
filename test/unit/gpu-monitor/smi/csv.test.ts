import { assert } from 'chai';
import { parseHelpQueryGpu, parseSmiCsv, queryColumns } from '../../../../plugins/gpu-monitor/smi/csv.ts';
import { FIELDS } from '../../../../plugins/gpu-monitor/smi/fields.ts';
import type { FieldName } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { DRIVERS } from '../../../support/smi-leaves.ts';
import { fieldsIn, smiCsv, versionOf } from '../../../support/smi-xml.ts';

const EVERY_NAME = new Set(['driver_version', 'count', 'index', 'pci.bus_id', ...Object.values(FIELDS).flatMap(({ csv }) => csv)]);
const FRAME = ['driver_version', 'count', 'index', 'pci.bus_id'];

describe('nvidia-smi --help-query-gpu', () => {
  it('each name in quotes at the start of a line is a column', () => {
    const text = [
      'List of valid properties to query for the switch "--query-gpu=":', '',
      '"timestamp"', 'The timestamp of when the query was made.', '',
      '"pci.bus_id" or "gpu_bus_id"\r', 'PCI bus id as "domain:bus:device.function", in hex.', '',
      '"clocks_event_reasons.hw_slowdown" or "clocks_throttle_reasons.hw_slowdown"', '"0: Default" means that', '"Disabled" indicates otherwise.', '',
    ].join('\n');
    assert.deepEqual([...parseHelpQueryGpu(text)], ['timestamp', 'pci.bus_id', 'gpu_bus_id', 'clocks_event_reasons.hw_slowdown', 'clocks_throttle_reasons.hw_slowdown']);
  });

  for (const text of ['', 'NVIDIA-SMI has failed', '"', '""\n', '"a b"\n']) {
    it(`${JSON.stringify(text)} tells no column`, () => assert.deepEqual([...parseHelpQueryGpu(text)], []));
  }
});

describe('the columns to ask for', () => {
  it('are those that are known, by the newest of their names', () => {
    const known = new Set([...FRAME, 'uuid', 'clocks.sm', 'clocks_event_reasons.hw_slowdown', 'clocks_throttle_reasons.hw_slowdown', 'temperature.gpu', 'fan.speed']);
    assert.deepEqual(queryColumns(known), [...FRAME, 'uuid', 'clocks_event_reasons.hw_slowdown', 'temperature.gpu', 'clocks.sm']);
  });

  it('are the old ones if nothing is known, or not even the address', () => {
    const old = queryColumns(undefined);
    assert.includeMembers([...old], [...FRAME, 'name', 'uuid', 'temperature.gpu', 'memory.used', 'clocks_throttle_reasons.hw_slowdown', 'ecc.errors.uncorrected.volatile.total']);
    assert.deepEqual(old.filter((name) => /^(?:clocks_event|fabric|remapped|mig|gpu_recovery)/.test(name)), []);
    assert.deepEqual([queryColumns(new Set()), queryColumns(new Set(['uuid', 'count']))], [old, old]);
  });

  it('stand there once each', () => {
    for (const known of [undefined, EVERY_NAME]) assert.equal(new Set(queryColumns(known)).size, queryColumns(known).length);
  });
});

describe('the table of nvidia-smi', () => {
  for (const driver of DRIVERS) {
    it(`each column of ${driver} is read into its field`, () => {
      const columns = queryColumns(EVERY_NAME);
      const names = fieldsIn({ driver }).filter((name) => FIELDS[name].csv.length > 0);
      const text = smiCsv({ driver, gpus: 1, change: () => Object.fromEntries(names.map((name) => [name, `text of ${name}`])) }, columns);
      const document = parseSmiCsv(text, columns);
      const [gpu] = document.gpus;
      assert.deepEqual([document.isWhole, document.driverVersion, document.attachedGpus, document.gpus.length], [true, versionOf(driver), 1, 1]);
      assert.deepEqual(names.map((name) => gpu?.fields[name]), names.map((name) => ({ kind: 'value' as const, text: `text of ${name}` })));
    });
  }

  it('fields without a column, or not asked for, are absent', () => {
    const columns = [...FRAME, 'temperature.gpu'];
    const [gpu] = parseSmiCsv(smiCsv({ gpus: 1 }, columns), columns).gpus;
    const present = (Object.keys(FIELDS) as FieldName[]).filter((name) => gpu?.fields[name].kind !== 'absent');
    assert.deepEqual(present, ['temperature']);
  });

  const columns = ['driver_version', 'count', 'index', 'pci.bus_id', 'uuid', 'temperature.gpu'];
  const row = (index: number, bus: string, last = '29'): string => `580.105.08, 3, ${index}, 00000000:${bus}:00.0, GPU-${index}, ${last}\n`;
  const three = [row(0, '18'), row(1, '2A'), row(2, '3A')].join('');
  const all = ['0 0000:18:00.0', '1 0000:2a:00.0', '2 0000:3a:00.0'];
  const [a = '', b = '', c = ''] = all;
  const table: readonly (readonly [name: string, text: string, gpus: readonly string[], isWhole: boolean])[] = [
    ['is whole with a line per GPU', three, all, true],
    ['is whole with Windows line ends', three.replaceAll('\n', '\r\n'), all, true],
    ['is whole with complaints in between', `WARNING: infoROM is corrupted at gpu 0000:18:00.0\n${row(0, '18')}\n${row(1, '2A')}Unable to determine the device handle for GPU 0000:99:00.0: GPU is lost.\n${row(2, '3A')}`, all, true],
    ['is not whole where a line is missing', row(0, '18') + row(2, '3A'), [a, c], false],
    ['is not whole where a line has too few cells', row(0, '18') + row(1, '2A').replace(', 29', '') + row(2, '3A'), [a, c], false],
    ['is not whole where a line has too many cells', row(0, '18') + row(1, '2A', '29, 30') + row(2, '3A'), [a, c], false],
    ['is not whole where an address cannot be read', row(0, '18') + row(1, '[N/A]') + row(2, '3A'), [a, c], false],
    ['is not whole where two lines have one address', row(0, '18') + row(1, '2A') + row(2, '2A'), [a, b], false],
    ['is not whole where the last line has no end', three.trimEnd(), [a, b], false],
    ['is not whole where the count cannot be read', three.replaceAll(', 3,', ', [N/A],'), all, false],
    ['is not whole where the counts differ', three.replace(', 3,', ', 4,'), all, false],
    ['is not whole where there are more lines than GPUs', three + row(3, '5D'), [...all, '3 0000:5d:00.0'], false],
    ['is not whole where it is empty', '', [], false],
    ['is not whole where it is a complaint', 'No devices were found\n', [], false],
  ];
  for (const [name, text, gpus, isWhole] of table) {
    it(name, () => {
      const document = parseSmiCsv(text, columns);
      assert.deepEqual([document.gpus.map(({ address, index }) => `${index} ${address}`), document.isWhole], [gpus, isWhole]);
      assert.isUndefined(document.isClosed, 'a line that was cut off leaves no trace');
    });
  }

  it('the place in the output stands in for an index that cannot be read', () => {
    assert.deepEqual(parseSmiCsv(row(0, '18') + row(7, '2A').replace(', 7,', ', [N/A],'), columns).gpus.map(({ index }) => index), [0, 1]);
  });

  it('placeholders stand in brackets', () => {
    const texts = ['[N/A]', '[Not Supported]', '[GPU is lost]', '[GPU requires reset]', '[Unknown Error]', ''];
    const kinds = texts.map((text) => parseSmiCsv(row(0, '18', text), columns).gpus[0]?.fields.temperature.kind);
    assert.deepEqual(kinds, ['unsupported', 'unsupported', 'lost', 'reset-required', 'failed', 'unsupported']);
  });
});
