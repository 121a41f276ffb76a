import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { gpuMonitor } from '../../../plugins/gpu-monitor/gpu-monitor.ts';
import { rollUpNames } from '../../../plugins/gpu-monitor/roll-ups.ts';
import type { FieldName } from '../../../plugins/gpu-monitor/smi/record.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import type { Driver } from '../../support/smi-leaves.ts';
import { type SmiChange, smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, type Answers, inventoryOf, settingsWith, sourcesOf } from './scene.ts';

interface Case {
  readonly driver: Driver;
  readonly condition: string;
  readonly field: FieldName;
  readonly text: string;
}

const one = (driver: Driver, condition: string, field: FieldName, text: string): Case => ({ driver, condition, field, text });
const CASES: readonly Case[] = [
  one('580', 'GPUMemoryFault', 'volatileDramUncorrectable', '3'), one('418', 'GPUMemoryFault', 'volatileDoubleBit', '1'), one('580', 'GPUMemoryFault', 'remapFailure', 'Yes'), one('418', 'GPUMemoryFault', 'retirementPending', 'Yes'),
  one('580', 'GPUTemperatureHigh', 'temperatureMargin', '-5 C'), one('470', 'GPUTemperatureHigh', 'temperature', '90 C'), one('470', 'GPUTemperatureHigh', 'memoryTemperature', '99 C'), one('580', 'GPUTemperatureHigh', 'temperature', '99 C'),
  one('580', 'GPUThrottled', 'hwThermalSlowdown', 'Active'), one('418', 'GPUThrottled', 'powerBrakeSlowdown', 'Active'), one('580', 'GPUInterconnectFault', 'linkWidthCurrent', '8x'), one('580', 'GPUInterconnectFault', 'fabricHealth', 'Unhealthy'),
  one('580', 'GPURecoveryRequired', 'recoveryAction', 'Reboot'), one('535', 'GPURecoveryRequired', 'resetRequired', 'Yes'), one('580', 'GPUMemoryPressure', 'memoryUsed', '81000 MiB'), one('580', 'GPUHealthy', 'temperature', '99 C'),
];

const LOOK_MS = 30_000;
/** 15 minutes: longer than any finding has to last, or to be gone, before it is told. */
const LOOKS = 30;

/** Each state of the condition, as long as the GPU is healthy, then sick, then cannot be read, then is healthy again. */
async function statesOf({ driver, condition, field, text }: Case, unreadable: string): Promise<readonly (readonly string[])[]> {
  using folder = temporaryFolder();
  mkdirSync(folder.file('proc'));
  const answers: Answers = { query: {}, nvlink: '' };
  const clock = fakeClock();
  const monitor = createMonitor({
    definition: gpuMonitor({ sources: sourcesOf(answers, inventoryOf(ADDRESSES.slice(0, 1))), rollUps: rollUpNames }), version: 'test', root: folder.path,
    configured: settingsWith({ temperature_threshold: 98, memory_threshold: 95 }), clock, random: () => 0, log: silentLogger, bootId: undefined,
  });
  let seconds = 1_000;
  const phase = async (change: SmiChange): Promise<readonly string[]> => {
    const states: string[] = [];
    answers.query = { stdout: smiXml({ driver, gpus: 1, withSupportedClocks: false, change: () => change }) };
    for (let look = 0; look < LOOKS; look++) {
      writeFileSync(folder.file('proc/uptime'), `${(seconds += LOOK_MS / 1_000)}.00 0.00\n`);
      if (look === 0 && seconds < 1_100) void monitor.start();
      await clock.advance(LOOK_MS);
      states.push(monitor.conditions().find(({ type }) => type === condition)?.status ?? 'none');
    }
    return states.filter((state, index) => state !== states[index - 1]);
  };
  const states = [await phase({}), await phase({ [field]: text }), await phase({ [field]: unreadable }), await phase({})];
  monitor.close();
  return states;
}

describe('a problem that cannot be read any more', function () {
  this.timeout(60_000);

  for (const unreadable of ['Unknown Error', 'N/A', 'GPU is lost']) {
    for (const each of CASES) {
      it(`is not over for it: ${each.condition} by ${each.field} of ${each.driver}, then ${unreadable}`, async () => {
        const [well, sick, unread, again] = await statesOf(each, unreadable);
        assert.deepEqual(well, ['False']);
        assert.include([['True'], ['False', 'True']].map(String), String(sick));
        assert.deepEqual(unread, ['True', 'Unknown']);
        // It is over only once it was seen to be gone for as long as the table wants.
        assert.include([['False'], ['True', 'False']].map(String), String(again));
      });
    }
  }
});
