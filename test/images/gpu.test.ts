import { assert } from 'chai';
import type { Condition } from '../../plugins/core/status.ts';
import { eventually } from '../support/eventually.ts';
import { findings, isHealthy } from '../support/gpu-served.ts';
import { type BuiltImages, builtImages, disposeOfImages } from '../support/image-built.ts';
import { type GpuNode, gpuNode } from '../support/image-smi.ts';
import { whyNoImages } from '../support/image-store.ts';
import { type PodOnNode, podOnNode } from '../support/pod-on-node.ts';

const noImages = whyNoImages();

const HEALTHY = 'gpu-8x-h100';
const SICK = 'gpu-remap-failed';
const LOOKS_WITHIN_MS = 60_000;
/** Polls of a day, of which so many are between two looks. */
const DAY_POLLS = 2_880;
const LOOK_EVERY = 25;
const MEBIBYTE = 2 ** 20;

after(disposeOfImages);

describe(noImages === undefined ? 'the image gpu-monitor on a node with eight GPUs' : `the image gpu-monitor on a node with eight GPUs (skipped: ${noImages})`, () => {
  let images: BuiltImages;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    images = await builtImages();
  });

  /** Starts it as the integrated Pod has it, on that node. */
  async function serving(host: GpuNode, hasSmi: boolean) {
    await using started = new AsyncDisposableStack();
    const pod: PodOnNode = started.use(podOnNode(images, 'integrated', 'npd-ext'));
    const container = started.use(await pod.start('gpu-monitor', [...host.sysMounts, ...(hasSmi ? host.smiMounts : [])]));
    const { client } = started.use(await pod.firstAnswer('gpu-monitor', container));
    let sequence = 0;
    let turn = 0;
    const poll = async (): Promise<readonly Condition[]> => {
      sequence += 1;
      return (await client.checkHealth({ nearSlowdownCelsius: turn % 2 === 0 ? '3' : '03' }, sequence, { timeoutMs: 10_000 })).conditions;
    };
    /** With another parameter all look at once that do not look already. */
    const look = async (): Promise<readonly Condition[]> => {
      turn += 1;
      return await poll();
    };
    const until = async (what: string, isSo: (now: readonly Condition[]) => boolean): Promise<readonly Condition[]> =>
      await eventually(what, async () => {
        const now = await look();
        return isSo(now) && now;
      }, LOOKS_WITHIN_MS);
    const stack = started.move();
    return { container, poll, look, until, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  it('finds nvidia-smi where the container toolkit puts it, and tells what it tells: healthy, then sick', async function () {
    this.timeout(3 * LOOKS_WITHIN_MS);
    using host = gpuNode(HEALTHY);
    await using served = await serving(host, true);
    const healthy = await served.until('all to be healthy', isHealthy);
    assert.notInclude(healthy.map(({ reason }) => reason), 'NoGPUPresent');
    host.become(SICK);
    const sick = await served.until('a finding', (now) => !isHealthy(now));
    assert.deepEqual(findings(sick).map((text) => text.split(':')[0]), ['GPUMemoryFault True RowRemapFailed']);
  });

  it('stays inside its memory limit through a day of polls, nvidia-smi included', async function () {
    this.timeout(3 * LOOKS_WITHIN_MS);
    using host = gpuNode(HEALTHY);
    await using served = await serving(host, true);
    await served.until('all to be healthy', isHealthy);
    const { container } = served;
    for (let count = 1; count <= DAY_POLLS; count++) await (count % LOOK_EVERY === 0 ? served.look() : served.poll());
    console.log(`      gpu-monitor: at most ${(container.peakMemoryBytes() / MEBIBYTE).toFixed(1)} of ${container.memoryLimitBytes() / MEBIBYTE} MiB with eight GPUs, ${DAY_POLLS} polls`);
    assert.equal(container.oomKillCount(), 0);
  });

  it('without nvidia-smi it runs all the same, says what is missing, and never that a GPU is well', async function () {
    this.timeout(2 * LOOKS_WITHIN_MS);
    using host = gpuNode(HEALTHY);
    await using served = await serving(host, false);
    const well = new Set<string>();
    const told = await served.until('everything to be judged', (now) => {
      for (const { type, status } of now) if (status === 'False') well.add(type);
      return now.every(({ message }) => !message.includes('no look yet'));
    });
    assert.deepEqual(told.filter(({ status }) => status !== 'False').map(({ type, status }) => `${type} ${status}`), [
      'GPUHung Unknown', 'GPUDriverUnhealthy Unknown', 'GPUMissing Unknown', 'GPUMemoryFault Unknown', 'GPUTemperatureHigh Unknown', 'GPUThrottled Unknown',
      'GPUInterconnectFault Unknown', 'GPURecoveryRequired Unknown',
    ]);
    assert.match(told.find(({ type }) => type === 'GPUDriverUnhealthy')?.message ?? '', /^the driver is loaded; no nvidia-smi in PATH, nor below/);
    // Not judged at all: without its right to the kernel log, and without a threshold.
    assert.deepEqual([...well].toSorted(), ['GPUMemoryPressure', 'GPUXidError']);
  });
});
