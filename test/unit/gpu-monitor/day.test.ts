import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { npdConfigFiles } from '../../../cli/npd-config.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { gpuMonitor } from '../../../plugins/gpu-monitor/gpu-monitor.ts';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import type { EventWrite } from '../../../plugins/npd/events.ts';
import { advance, createHostModel, receive } from '../../../plugins/npd/host-model.ts';
import type { Patch } from '../../../plugins/npd/patch.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { FAKE_START_WALL_MS, fakeClock } from '../../support/fake-clock.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { type SmiChange, smiXml } from '../../support/smi-xml.ts';
import { type Answers, nameOf, settingsWith, sourcesOf, uuidOf } from './scene.ts';

const POLL_MS = 30_000;
const POLLS_PER_DAY = 2_880;
const MINUTE_MS = 60_000;
const GPUS = 8;
/** Stated, so that a failure can be seen again. */
const SEED = 20_261_126;

/** Counters of a GPU since the driver was loaded. */
interface Counters {
  replays: number;
  swPowerCapUs: number;
  hwThermalUs: number;
  corrected: number;
}

/**
 * What a busy GPU tells in one look. T.Limit margin from 1 C (3 above where it slows down) to 60; the power cap of the software
 * active for up to all of the time; up to 4 replays in half a minute, the limit; up to 4.9% of the time slowed down by heat,
 * where 5 is the limit; memory anywhere from none to all; P0 to P8 with a link that loses lanes where it idles.
 */
function wobble(random: () => number, counters: Counters): SmiChange {
  const isIdle = random() < 0.2;
  const between = (least: number, most: number): number => least + random() * (most - least);
  counters.replays += random() < 0.1 ? Math.floor(between(0, 5)) : 0;
  counters.swPowerCapUs += Math.floor(between(0, 30e6));
  counters.hwThermalUs += random() < 0.05 ? Math.floor(between(0, 0.049 * 30e6)) : 0;
  counters.corrected += random() < 0.01 ? 1 : 0;
  return {
    temperature: `${Math.floor(between(27, 86))} C`, temperatureMargin: `${Math.floor(between(1, 61))} C`, memoryTemperature: `${Math.floor(between(37, 94))} C`,
    powerDraw: `${between(60, 699).toFixed(2)} W`, clockSm: `${Math.floor(between(345, 1_980))} MHz`, utilizationGpu: `${isIdle ? 0 : Math.floor(between(1, 101))} %`,
    memoryUsed: `${Math.floor(between(0, 81_559))} MiB`, performanceState: isIdle ? 'P8' : 'P0', linkGenCurrent: isIdle ? '1' : '5', linkWidthCurrent: isIdle && random() < 0.5 ? '8x' : '16x',
    replayCounter: String(counters.replays), swPowerCap: isIdle ? 'Not Active' : 'Active', swPowerCapUs: `${counters.swPowerCapUs} us`, hwThermalSlowdownUs: `${counters.hwThermalUs} us`,
    swThermalSlowdown: random() < 0.1 ? 'Active' : 'Not Active', volatileDramCorrectable: String(counters.corrected), aggregateDramCorrectable: String(1_000 + counters.corrected),
  };
}

const NVLINKS = Array.from({ length: GPUS }, (_, gpu) => `GPU ${gpu}: NVIDIA H100 80GB HBM3 (UUID: ${uuidOf(gpu)})\n${Array.from({ length: 18 }, (_, link) => `\t Link ${link}: 26.562 GB/s\n`).join('')}`).join('');

/** The fields that wobble as marks, `@3.temperature@`, so that a look costs one replacement and not the making of a document. */
const FIELDS = Object.keys(wobble(() => 0.5, { replays: 0, swPowerCapUs: 0, hwThermalUs: 0, corrected: 0 }));
const TEMPLATE = smiXml({ gpus: GPUS, withSupportedClocks: false, change: (gpu) => Object.fromEntries(FIELDS.map((field) => [field, `@${gpu}.${field}@`])) });

function xmlOf(changes: readonly SmiChange[]): string {
  return TEMPLATE.replaceAll(/@(\d)\.(\w+)@/g, (_, gpu, field) => changes[Number(gpu)]?.[field] ?? 'N/A');
}

interface Day {
  readonly patches: readonly Patch[];
  readonly events: readonly EventWrite[];
}

/** What NPD writes in a day of polls; `sick` is what a GPU tells beside its wobble. */
async function day(sick: (minute: number, gpu: number) => SmiChange = () => ({})): Promise<Day> {
  using folder = temporaryFolder();
  mkdirSync(folder.file('proc'));
  const random = seededRandom(SEED);
  const clock = fakeClock();
  const counters = Array.from({ length: GPUS }, (): Counters => ({ replays: 140, swPowerCapUs: 7_015_662_857, hwThermalUs: 0, corrected: 0 }));
  const answers: Answers = { query: {}, nvlink: NVLINKS };
  const change = (poll: number): void => {
    writeFileSync(folder.file('proc/uptime'), `${(86_400 + (poll * POLL_MS) / 1_000).toFixed(2)} 86000.00\n`);
    answers.query = { stdout: xmlOf(counters.map((own, gpu) => ({ ...wobble(random, own), ...sick(Math.floor((poll * POLL_MS) / MINUTE_MS), gpu) }))) };
  };
  change(0);
  const monitor = createMonitor({
    definition: gpuMonitor({ sources: sourcesOf(answers), rollUps: [] }),
    version: 'test', root: folder.path, configured: settingsWith(), clock, random, log: silentLogger, bootId: undefined,
  });
  const { config } = readHostConfig((await npdConfigFiles()).find(({ name }) => name === 'gpu-monitor.json')?.text ?? '');
  if (config === undefined) throw new Error('no configuration');
  const [patches, events]: [Patch[], EventWrite[]] = [[], []];
  let model = createHostModel([config], clock.wallMs());
  void monitor.start();
  for (let poll = 1; poll <= POLLS_PER_DAY; poll++) {
    change(poll);
    await clock.advance(POLL_MS);
    const { status, delivered } = monitor.checkHealth({});
    delivered();
    const step = receive(model, status, clock.wallMs());
    model = step.model;
    patches.push(...step.patches);
    events.push(...step.events);
  }
  monitor.close();
  const last = advance(model, clock.wallMs() + POLL_MS);
  return { patches: [...patches, ...last.patches], events };
}

/** Minute and conditions of each change; of all conditions those that differ from the change before. */
function told({ patches }: Day): readonly string[] {
  let before: readonly string[] = [];
  return patches.filter(({ cause }) => cause === 'change').map(({ atMs, conditions }) => {
    const now = conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
    const news = now.filter((each) => !before.includes(each));
    before = now;
    return `${((atMs - FAKE_START_WALL_MS) / MINUTE_MS).toFixed(0)} min: ${news.join(', ')}`;
  });
}

const FIRST = `1 min: ${[
  'GPUHung=False NvidiaSmiIsResponsive', 'GPUDriverUnhealthy=False NodeHasGPUDriver', 'GPUMissing=False NodeHasAllGPUs', 'GPUXidError=False NoGPUXidError', 'GPUMemoryFault=False NoGPUMemoryFault',
  'GPUMemoryPressure=False MemoryThresholdNotSet', 'GPUTemperatureHigh=False NoGPUTemperatureHigh', 'GPUThrottled=False NoGPUHardwareSlowdown', 'GPUInterconnectFault=False NoGPUInterconnectFault', 'GPURecoveryRequired=False NoGPURecoveryRequired',
].join(', ')}`;

describe('a day of the gpu-monitor on eight busy GPUs, polled every 30 s', function () {
  // 2,880 outputs of eight GPUs each, where other tests want the same CPUs.
  this.timeout(180_000);

  it('of readings that come near every limit and cross none writes heartbeats only', async () => {
    const quiet = await day();
    assert.deepEqual([told(quiet), quiet.events], [[FIRST], []]);
    // One every 5 minutes, one before the first reply, and the change above instead of one.
    assert.equal(quiet.patches.length, 1 + 288);
  });

  it('with peaks of heat and slowdowns that last for a minute writes heartbeats only', async () => {
    const spiky = await day((minute, gpu) => (minute % 15 === 7 && gpu === minute % GPUS ? { temperatureMargin: '-4 C', hwThermalSlowdown: 'Active', powerBrakeSlowdown: 'Active' } : {}));
    assert.deepEqual([told(spiky), spiky.events], [[FIRST], []]);
  });

  it('with 20 minutes of heat on one writes one change and one event at its begin and at its end', async () => {
    const sick = await day((minute, gpu) => (gpu === 3 && minute >= 600 && minute < 620 ? { temperatureMargin: '-4 C' } : {}));
    const [first, begin = '', end = '', ...rest] = told(sick);
    assert.deepEqual([first, rest], [FIRST, []]);
    assert.match(begin, /^60[1-3] min: GPUTemperatureHigh=True GPUOverheating$/);
    assert.match(end, /^62[1-3] min: GPUTemperatureHigh=False NoGPUTemperatureHigh$/);
    assert.deepEqual(sick.events.map(({ kind, type, source, reason, message }) => ({ kind, type, source, reason, message })), [
      { kind: 'create', type: 'Warning', source: 'gpu-monitor', reason: 'GPUOverheating', message: `${nameOf(3)}: as hot as where it slows down (T.Limit margin -2 C, gpu_temp_slow_tlimit_threshold)` },
      { kind: 'create', type: 'Normal', source: 'gpu-monitor', reason: 'NoGPUTemperatureHigh', message: 'GPUTemperatureHigh is over (was GPUOverheating): all GPUs are below their own temperature limits' },
    ]);
  });
});
