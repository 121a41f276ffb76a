import { assert } from 'chai';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { judgeFabric } from '../../../plugins/gpu-monitor/checks/fabric.ts';
import { judgeMemoryFault } from '../../../plugins/gpu-monitor/checks/memory-fault.ts';
import { judgeMemoryUsage } from '../../../plugins/gpu-monitor/checks/memory-usage.ts';
import { judgeNvlink } from '../../../plugins/gpu-monitor/checks/nvlink.ts';
import { judgePcie } from '../../../plugins/gpu-monitor/checks/pcie.ts';
import type { GpuContext, GpuFinding } from '../../../plugins/gpu-monitor/checks/per-gpu.ts';
import { judgeRecovery } from '../../../plugins/gpu-monitor/checks/recovery.ts';
import { judgeTemperature } from '../../../plugins/gpu-monitor/checks/temperature.ts';
import { judgeThrottled } from '../../../plugins/gpu-monitor/checks/throttled.ts';
import { judgeMissing } from '../../../plugins/gpu-monitor/inventory/missing.ts';
import { ALL_VISIBLE } from '../../../plugins/gpu-monitor/inventory/visibility.ts';
import { parseNvlinkStatus } from '../../../plugins/gpu-monitor/smi/nvlink.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { DRIVERS } from '../../support/smi-leaves.ts';
import { type SmiChange, type SmiSample, smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, inventoryOf, lookAtGpu, uuidOf } from './scene.ts';

const JUDGES: readonly ((context: GpuContext) => GpuFinding)[] = [judgeMemoryFault, judgeMemoryUsage, judgeTemperature, judgeThrottled, judgePcie, judgeFabric, judgeRecovery];

/** Problems and unknowns of three looks, 30 s apart, through all checks of one GPU. */
function told(sample: Omit<SmiSample, 'gpus' | 'change'>, changeOf: (look: number) => SmiChange = () => ({})): readonly Verdict[] {
  return JUDGES.flatMap((judge) => {
    const first = lookAtGpu(judge, { ...sample, change: () => changeOf(0) });
    const second = lookAtGpu(judge, { ...sample, change: () => changeOf(1) }, { look: first });
    const third = lookAtGpu(judge, { ...sample, change: () => changeOf(2) }, { look: second });
    return [first, second, third].flatMap(({ verdicts }) => verdicts.filter(({ kind }) => kind === 'problem' || kind === 'unknown'));
  });
}

interface Trap {
  readonly sample?: Omit<SmiSample, 'gpus' | 'change'>;
  readonly change?: SmiChange;
  /** By number of the look, where it differs. */
  readonly changeOf?: (look: number) => SmiChange;
}

/** What looks bad, seen on healthy machines. */
const TRAPS: Readonly<Record<string, Trap>> = {
  'a PCIe link of 8 lanes of 16, as L40S, T4 and A10G have in clouds': { change: { linkWidthCurrent: '8x' } },
  'a PCIe link of 4 lanes of 16': { sample: { driver: '470', family: 'geforce' }, change: { linkWidthCurrent: '4x', linkWidthMax: '16x' } },
  'PCIe generation 1 of 4 on an idle board': { change: { performanceState: 'P8', linkGenCurrent: '1', linkGenMax: '4' } },
  'PCIe generation that follows the load': { changeOf: (look) => ({ linkGenCurrent: String(1 + look), performanceState: look === 1 ? 'P0' : 'P8' }) },
  'a replay counter of 174': { change: { replayCounter: '174' } },
  'a replay counter that grows by one now and then': { changeOf: (look) => ({ replayCounter: String(106 + look) }) },
  'persistence mode off': { change: { persistenceMode: 'Disabled' } },
  'a power cap of 85 hours that is active and grows': { changeOf: (look) => ({ swPowerCap: 'Active', swPowerCapUs: `${306_000_000_000 + look * 30_000_000} us` }) },
  'a software thermal slowdown of 7 seconds that grows': { changeOf: (look) => ({ swThermalSlowdownUs: `${7_300_000 + look * 100_000} us` }) },
  'an A100 of 80 C that slows down at 89': { sample: { driver: '470' }, change: { temperature: '80 C', slowdownTemperature: '89 C', shutdownTemperature: '92 C' } },
  'an A10G of 90 C that slows down at 95': { sample: { driver: '470' }, change: { temperature: '90 C', slowdownTemperature: '95 C', shutdownTemperature: '98 C' } },
  'a laptop of 98 C that slows down at 102': { sample: { driver: '470', family: 'geforce' }, change: { temperature: '98 C', slowdownTemperature: '102 C', shutdownTemperature: '105 C' } },
  'a P100 of 78 C that slows down at 82': { sample: { driver: '418' }, change: { temperature: '78 C', slowdownTemperature: '82 C', shutdownTemperature: '85 C' } },
  'a threshold of the T.Limit below zero': { change: { temperatureMargin: '4 C', slowdownMargin: '-2 C' } },
  'a threshold of -3, as B200 has': { change: { temperatureMargin: '2 C', slowdownMargin: '-3 C' } },
  'MIG mode, in which utilization, volatile ECC and remapping read N/A': {
    sample: { driver: '535', mig: true },
    change: { utilizationGpu: 'N/A', volatileSramUncorrectable: 'N/A', volatileDramUncorrectable: 'N/A', 'remapped_rows/': 'N/A' },
  },
  'no memory temperature on GDDR boards': { sample: { family: 'geforce' } },
  'a vGPU guest of 0 C in which everything reads N/A': { sample: { family: 'vgpu' } },
  'memory that a framework took all of': { change: { memoryUsed: '81559 MiB' } },
  'Unknown Error in a minor field': { sample: { driver: '535' }, change: { addressing_mode: 'Unknown Error' } },
  'ERR! of a fan': { change: { fan_speed: 'ERR!' } },
  'a reset status that is deprecated': { sample: { driver: '570' } },
  'corrected ECC errors by the million': { change: { volatileDramCorrectable: '20000000', volatileSramCorrectable: '7' } },
  'rows that were remapped long ago': { change: { remapCorrectable: '2', remapUncorrectable: '1' } },
  'pages that were retired long ago': { sample: { driver: '418' }, change: { retiredSingleBit: '3', retiredDoubleBit: '1' } },
};

describe('what looks bad on healthy machines is neither a problem nor unknown:', () => {
  for (const [what, { sample = {}, change = {}, changeOf }] of Object.entries(TRAPS)) {
    it(what, () => assert.deepEqual(told(sample, changeOf ?? (() => change)), []));
  }

  for (const driver of DRIVERS) {
    it(`nothing at all, of a server, a desktop and a guest under driver ${driver}`, () => {
      for (const family of ['datacenter', 'geforce', 'vgpu'] as const) for (const mig of [false, true]) assert.deepEqual(told({ driver, family, mig }), [], `${family} ${mig}`);
    });
  }

  it('no NVLink, and an nvlink -s that prints nothing', () => {
    const look = parseNvlinkStatus('');
    assert.deepEqual(judgeNvlink({ links: look.kind === 'ok' ? look.links : new Map(), gpus: [], usual: {}, before: [] }).verdicts, [{ kind: 'not-applicable', message: 'no NVLink' }]);
  });

  it('links that are inactive on PCIe boards without bridges', () => {
    const text = [0, 1].map((gpu) => `GPU ${gpu}: NVIDIA A40 (UUID: ${uuidOf(gpu)})\n\t Link 0: <inactive>\n\t Link 1: <inactive>\n`).join('');
    const look = parseNvlinkStatus(text);
    assert.deepEqual(judgeNvlink({ links: look.kind === 'ok' ? look.links : new Map(), gpus: [], usual: {}, before: [] }).verdicts, [{ kind: 'not-applicable', message: 'no NVLink' }]);
  });

  it('fewer GPUs than on the bus, where virtual machines have the others', () => {
    const { pci, ...rest } = inventoryOf();
    const inventory = { ...rest, proc: undefined, pci: pci.map((gpu, index) => ({ ...gpu, driver: index < 4 ? 'nvidia' : 'vfio-pci' })) };
    const look = { kind: 'answered', document: parseSmiXml(smiXml({ gpus: 4 })), complaints: [], run: { exitCode: 0, tookMs: 1 } } as const;
    assert.deepEqual(judgeMissing({ look, expected: 'auto', inventory, visibility: ALL_VISIBLE, fallenOff: new Set(), known: Object.fromEntries(ADDRESSES.map((address) => [address, {}])) }).verdicts, [{ kind: 'healthy' }]);
  });
});
