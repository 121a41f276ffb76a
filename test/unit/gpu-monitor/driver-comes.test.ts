import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { gpuMonitor } from '../../../plugins/gpu-monitor/gpu-monitor.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, type Answers, inventoryOf, settingsWith, sourcesOf } from './scene.ts';

const MINUTE_MS = 60_000;
const WELL: Answers['query'] = { stdout: smiXml({ gpus: 1, withSupportedClocks: false }) };
const NOT_LOADED: Answers['query'] = { code: 9 };
const MISMATCH: Answers['query'] = { code: 18 };
const MISSING: Answers['query'] = { kind: 'failed-to-start', message: 'spawn nvidia-smi ENOENT', cause: Object.assign(new Error('x'), { code: 'ENOENT' }) };

/** What nvidia-smi does, for how many minutes. */
type Phase = readonly [query: Answers['query'], minutes: number];

/** Statuses of GPUDriverUnhealthy and AcceleratedHardwareReady, each with the minutes after the start of its last look. */
async function statesOf(...phases: readonly Phase[]): Promise<readonly string[]> {
  using folder = temporaryFolder();
  mkdirSync(folder.file('proc'));
  const answers: Answers = { query: {}, nvlink: '' };
  const clock = fakeClock();
  const monitor = createMonitor({
    definition: gpuMonitor({ sources: sourcesOf(answers, inventoryOf(ADDRESSES.slice(0, 1))), rollUps: ['accelerated-hardware-ready'] }), version: 'test', root: folder.path,
    configured: settingsWith(), clock, random: () => 0, log: silentLogger, bootId: undefined,
  });
  const states: string[] = [];
  let minutes = 0;
  for (const [query, count] of phases) {
    answers.query = query;
    for (let half = 0; half < 2 * count; half++) {
      writeFileSync(folder.file('proc/uptime'), `${1_000 + minutes * 60}.00 0.00\n`);
      if (minutes === 0) void monitor.start();
      await clock.advance(MINUTE_MS / 2);
      minutes += 0.5;
      const [driver, ready] = ['GPUDriverUnhealthy', 'AcceleratedHardwareReady'].map((name) => monitor.conditions().find(({ type }) => type === name));
      const state = `${driver?.status} ${driver?.reason}, ready ${ready?.status}`;
      if (state !== states.at(-1)?.replace(/ from .*/, '')) states.push(`${state} from ${minutes}`);
    }
  }
  monitor.close();
  return states.map((state) => state.replace(/ from 0\.5$/, ''));
}

describe('a node whose driver', () => {
  const unknown = 'Unknown GPUDriverUnknown, ready Unknown';
  const well = 'False NodeHasGPUDriver, ready True';

  it('comes minutes after the boot is not known until then, and never said to be broken', async () => {
    // What waits for something else than the driver, such as the first look at links, comes a little later.
    assert.deepEqual(await statesOf([NOT_LOADED, 9], [WELL, 3]), [unknown, 'False NodeHasGPUDriver, ready Unknown from 9.5', `${well} from 10`]);
  });

  it('does not come is said to be without one after ten minutes', async () => {
    assert.deepEqual(await statesOf([NOT_LOADED, 12]), [unknown, 'True DriverNotLoaded, ready False from 10']);
  });

  it('is updated in between stays as it was for a moment', async () => {
    assert.deepEqual(await statesOf([WELL, 2], [NOT_LOADED, 1], [WELL, 2]), [well]);
  });

  it('has no tool, or another library, is said to be so after two minutes', async () => {
    assert.deepEqual(await statesOf([MISSING, 4]), [unknown, 'True NvidiaSmiMissing, ready False from 2']);
    assert.deepEqual(await statesOf([MISMATCH, 4]), [unknown, 'True DriverLibraryMismatch, ready False from 2']);
  });
});
