import { assert } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHelpQueryGpu, parseSmiCsv, queryColumns } from '../../../../plugins/gpu-monitor/smi/csv.ts';
import { FIELDS } from '../../../../plugins/gpu-monitor/smi/fields.ts';
import { parseNvlinkStatus } from '../../../../plugins/gpu-monitor/smi/nvlink.ts';
import { activeOf, flagOf, numberOf, type Unit } from '../../../../plugins/gpu-monitor/smi/read-field.ts';
import type { FieldName, GpuRecord, SmiDocument } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { parseSmiXml } from '../../../../plugins/gpu-monitor/smi/xml.ts';

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/gpu');
const isPresent = existsSync(CORPUS);
const read = (file: string): string => readFileSync(join(CORPUS, file), 'utf8');

interface Expected {
  readonly driverVersion: string;
  readonly gpus: readonly string[];
  readonly temperatures: readonly string[];
  /** Four GPUs were there, and the recording was cut down to one. */
  readonly isWhole?: false;
}

const RECORDINGS: Readonly<Record<string, Expected>> = {
  'k8s-test-infra/hardware_qx-h100.xml': {
    driverVersion: '580.105.08',
    gpus: ['0000:53:00.0', '0000:64:00.0', '0000:75:00.0', '0000:86:00.0', '0000:97:00.0', '0000:a8:00.0', '0000:b9:00.0', '0000:ca:00.0'],
    temperatures: ['29 C', '30 C', '29 C', '32 C', '32 C', '29 C', '31 C', '29 C'],
  },
  'k8s-test-infra/hardware_qx-l40s.xml': { driverVersion: '595.91.07', gpus: ['0000:30:00.0'], temperatures: ['29 C'] },
  'k8s-test-infra/qx-gb200-healthy.xml': { driverVersion: '580.65.06', gpus: ['0000:0a:00.0', '0000:0b:00.0'], temperatures: ['63 C', '63 C'] },
  'k8s-test-infra/qx-gb200-lost.xml': { driverVersion: '580.65.06', gpus: ['0000:0a:00.0', '0000:0b:00.0'], temperatures: ['63 C', 'GPU is lost'] },
  'k8s-test-infra/qx-gb200-throttle-counters.xml': { driverVersion: '580.65.06', gpus: ['0000:0a:00.0', '0000:0b:00.0'], temperatures: ['36 C', '36 C'] },
  'telegraf/a100-sxm4-v12.xml': { driverVersion: '535.54.03', gpus: ['0000:01:00.0'], temperatures: ['27 C'], isWhole: false },
  'telegraf/a10g.xml': { driverVersion: '515.105.01', gpus: ['0000:00:1e.0'], temperatures: ['17 C'] },
  'telegraf/dual_2080-v13.xml': { driverVersion: '590.44.01', gpus: ['0000:01:00.0', '0000:02:00.0'], temperatures: ['15 C', '15 C'] },
  'telegraf/gtx-1660-ti.xml': { driverVersion: '418.43', gpus: ['0000:43:00.0'], temperatures: ['40 C'] },
  'telegraf/quadro-p2000-v12.xml': { driverVersion: '525.125.06', gpus: ['0000:17:00.0'], temperatures: ['34 C'] },
  'telegraf/rtx-3060-v12.xml': { driverVersion: '570.124.04', gpus: ['0000:2d:00.0'], temperatures: ['42 C'] },
  'telegraf/rtx-4000-sff-ada-v13.xml': { driverVersion: '595.84', gpus: ['0000:06:00.0'], temperatures: ['38 C'] },
  'telegraf/tesla-t4.xml': { driverVersion: '515.105.01', gpus: ['0000:00:1e.0'], temperatures: ['40 C'] },
};

/** How each field that is no word is to be read. */
const UNITS: Readonly<Partial<Record<FieldName, Unit>>> = {
  minorNumber: '', linkWidthCurrent: 'x', linkWidthMax: 'x', linkGenCurrent: '', linkGenMax: '', replayCounter: '',
  hwThermalSlowdownUs: 'us', powerBrakeSlowdownUs: 'us', swThermalSlowdownUs: 'us', swPowerCapUs: 'us',
  memoryTotal: 'MiB', memoryUsed: 'MiB', utilizationGpu: '%', utilizationMemory: '%',
  volatileSramUncorrectable: '', volatileSramUncorrectableParity: '', volatileSramUncorrectableSecded: '', volatileDramUncorrectable: '', volatileDoubleBit: '',
  aggregateDramUncorrectable: '', retiredSingleBit: '', retiredDoubleBit: '', remapCorrectable: '', remapUncorrectable: '', remapBanksNone: 'bank(s)', remapBanksMax: 'bank(s)',
  temperature: 'C', temperatureMargin: 'C', slowdownTemperature: 'C', shutdownTemperature: 'C', slowdownMargin: 'C', memoryTemperature: 'C', memoryMaxTemperature: 'C',
  powerDraw: 'W', powerLimit: 'W', clockGraphics: 'MHz', clockSm: 'MHz', clockMemory: 'MHz',
};
const FLAGS: readonly FieldName[] = ['remapPending', 'remapFailure', 'retirementPending', 'sramThresholdExceeded', 'channelRepairPending', 'tpcRepairPending', 'unrepairableMemory', 'resetRequired', 'fabricRouteUnhealthy'];
const REASONS: readonly FieldName[] = ['hwSlowdown', 'hwThermalSlowdown', 'powerBrakeSlowdown', 'swThermalSlowdown', 'swPowerCap'];

/** Fields of a GPU that hold something that nobody can read. */
function unreadable({ fields }: GpuRecord): readonly string[] {
  return (Object.keys(FIELDS) as FieldName[]).filter((name) => {
    const unit = UNITS[name];
    const reading = unit === undefined ? (FLAGS.includes(name) ? flagOf(fields[name]) : REASONS.includes(name) ? activeOf(fields[name]) : undefined) : numberOf(fields[name], unit);
    return reading?.kind === 'bad' || ['lost', 'reset-required', 'failed'].includes(fields[name].kind);
  });
}

function kindsOf(document: SmiDocument, names: readonly FieldName[]): readonly (readonly string[])[] {
  return document.gpus.map(({ fields }) => names.map((name) => fields[name].kind));
}

describe(`recorded outputs of nvidia-smi${isPresent ? '' : ' (skipped: the recordings are not here)'}`, () => {
  before(function skipWithout() {
    if (!isPresent) this.skip();
  });

  for (const [file, { driverVersion, gpus, temperatures, isWhole = true }] of Object.entries(RECORDINGS)) {
    it(`${file}: version, GPUs and temperatures`, () => {
      const document = parseSmiXml(read(file));
      assert.deepEqual([document.driverVersion, document.isWhole, document.gpus.map(({ address }) => address)], [driverVersion, isWhole, gpus]);
      assert.deepEqual(document.gpus.map(({ fields }) => ('text' in fields.temperature ? fields.temperature.text : '')), temperatures);
    });

    if (!file.includes('lost')) {
      it(`${file}: every field can be read`, () => assert.deepEqual(parseSmiXml(read(file)).gpus.flatMap(unreadable), []));
    }
  }

  it('of the lost GPU the block of remapped rows is a text', () => {
    const names: readonly FieldName[] = ['uuid', 'temperature', 'remapPending', 'remapBanksMax', 'memoryUsed', 'fabricHealth', 'utilizationGpu'];
    assert.deepEqual(kindsOf(parseSmiXml(read('k8s-test-infra/qx-gb200-lost.xml')), names)[1], ['value', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost']);
  });

  it('the limits are where each generation has them', () => {
    const names: readonly FieldName[] = ['slowdownTemperature', 'shutdownTemperature', 'temperatureMargin', 'slowdownMargin'];
    const kinds = (file: string): unknown => kindsOf(parseSmiXml(read(file)), names)[0];
    assert.deepEqual(kinds('telegraf/gtx-1660-ti.xml'), ['value', 'value', 'absent', 'absent']);
    assert.deepEqual(kinds('telegraf/a100-sxm4-v12.xml'), ['value', 'value', 'unsupported', 'absent']);
    assert.deepEqual(kinds('k8s-test-infra/hardware_qx-l40s.xml'), ['absent', 'absent', 'value', 'value']);
  });

  it('errors before Turing are counted by bits', () => {
    const names: readonly FieldName[] = ['volatileDoubleBit', 'aggregateSingleBit', 'volatileDramUncorrectable'];
    assert.deepEqual(kindsOf(parseSmiXml(read('telegraf/quadro-p2000-v12.xml')), names), [['unsupported', 'unsupported', 'absent']]);
  });

  it('a MIG device lends nothing to its GPU', () => {
    const [gpu] = parseSmiXml(read('telegraf/a100-sxm4-v12.xml')).gpus;
    assert.deepEqual([gpu?.fields.memoryTotal, gpu?.fields.migMode], [{ kind: 'value', text: '81920 MiB' }, { kind: 'value', text: 'Enabled' }]);
  });

  for (const session of ['linux-x86_64__nvidia-h100-mig__590.48.01.txt', 'linux-x86_64__nvidia-l40s__595.80.txt']) {
    it(`${session}: each column that is asked for is there, and can be read`, () => {
      const sections = read(`nvidia_gpu_exporter/${session}`).split(/^#{80}\n# .*\n# \$ /m);
      const outputOf = (command: string): string => sections.find((section) => section.startsWith(command))?.replace(/^.*\n#{80}\n/, '') ?? '';
      const columns = queryColumns(parseHelpQueryGpu(outputOf('nvidia-smi --help-query-gpu')));
      const [header = '', row = ''] = outputOf('nvidia-smi --query-gpu').split('\n');
      const printed = header.split(', ').map((name) => name.replace(/ \[.*\]$/, ''));
      const cells = row.split(', ');
      assert.deepEqual(columns.filter((name) => !printed.includes(name)), []);
      const document = parseSmiCsv(`${columns.map((name) => cells[printed.indexOf(name)]).join(', ')}\n`, columns);
      assert.deepEqual([document.isWhole, document.gpus.length, document.gpus.flatMap(unreadable)], [true, 1, []]);
      assert.isAbove(columns.length, 55);
    });
  }

  it('columns of the old help are known by their old names', () => {
    const columns = queryColumns(parseHelpQueryGpu(read('nvidia_gpu_exporter/fields.txt')));
    assert.includeMembers([...columns], ['clocks_throttle_reasons.hw_slowdown', 'ecc.errors.uncorrected.volatile.dram', 'mig.mode.current', 'temperature.memory']);
    assert.deepEqual(queryColumns(undefined).filter((name) => !columns.includes(name)), []);
  });

  it('twelve links of each A100 are up', () => {
    const look = parseNvlinkStatus(read('gpud/nvidia-smi.nvlink.status.a100'));
    const links = look.kind === 'ok' ? [...look.links.values()] : [];
    assert.deepEqual(links.map((each) => each.filter(({ isActive, speed }) => isActive && speed === 25).length), Array.from({ length: 8 }, () => 12));
  });
});
