import { assert } from 'chai';
import { writeFileSync } from 'node:fs';
import type { Condition } from '../../plugins/core/status.ts';
import { type Bundle, buildBundle, type ServedBundle, serveBundle } from '../support/bundle.ts';
import { type ControlGroup, createControlGroup, type Limits } from '../support/control-group.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type FakeSmi, fakeSmi } from '../support/fake-smi.ts';
import { gpuHostTree } from '../support/gpu-host.ts';
import { allBut, endLeftBehind, findings, type GpuPoller, gpuPoller, healthySmi, isHealthy } from '../support/gpu-served.ts';

const GPU_COUNT = 8;
const healthy = healthySmi(GPU_COUNT);
const LIMIT_BYTES = 50 * 2 ** 20;
const EXIT_WITHIN_MS = 20_000;

/** Polls of a day, of which so many are between two looks. */
const DAY_POLLS = 2_880;
const LOOK_EVERY = 25;

const noMount = whyNoDeadMount();
const trial = createControlGroup({});
const noGroup = process.getuid?.() === 0 ? (trial.kind === 'ok' ? undefined : trial.why) : 'needs root';
if (trial.kind === 'ok') await trial.group[Symbol.asyncDispose]();

interface Served extends AsyncDisposable, GpuPoller {
  readonly smi: FakeSmi;
  readonly server: ServedBundle;
}

let bundle: Bundle | undefined;

/** The bundle as it serves a node with eight healthy GPUs, in a group or as it is. */
async function serving(nvidiaSmiTimeout: string, group?: ControlGroup): Promise<Served> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(temporaryFolder());
  const host = started.use(gpuHostTree(GPU_COUNT));
  const smi = started.use(fakeSmi(healthy));
  started.defer(() => endLeftBehind(smi));
  const [config, http] = [folder.file('config.json'), `unix:${folder.file('a.http')}`];
  writeFileSync(config, JSON.stringify({ 'gpu-monitor': { nvidiaSmiTimeout } }));
  const flags = ['--host-root', host.root, '--nvidia-smi', smi.path, '--config', config, '--http', http];
  const server = started.use(await serveBundle({ bundle: bundle?.path ?? '', monitors: ['gpu-monitor'], flags, ...(group !== undefined && { enter: group.enter }) }));
  const stack = started.move();
  return { ...gpuPoller(server.client, http), smi, server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function settled({ conditions }: GpuPoller): Promise<readonly Condition[]> {
  return await eventually('all to be healthy', async () => {
    const now = await conditions();
    return isHealthy(now) && now;
  }, 30_000);
}

function groupOf(limits: Limits): ControlGroup {
  const made = createControlGroup(limits);
  if (made.kind !== 'ok') throw new Error(made.why);
  return made.group;
}

describe('a served gpu-monitor', () => {
  before(async () => {
    if (noMount === undefined || noGroup === undefined) bundle = await buildBundle();
  });

  after(() => bundle?.[Symbol.dispose]());

  describe(noMount === undefined ? 'whose nvidia-smi cannot be killed' : `whose nvidia-smi cannot be killed (skipped: ${noMount})`, () => {
    before(function () {
      if (noMount !== undefined) this.skip();
    });

    it('tells it after twenty seconds, answers all the time, starts no other, and is healthy when the driver answers again', async function () {
      this.timeout(90_000);
      using folder = temporaryFolder();
      await using mounted = new AsyncDisposableStack();
      const mount = mounted.use(await deadMount(folder.file('driver')));
      await using served = await serving('1s');
      const before = await settled(served);
      const { smi } = served;
      const startCount = smi.starts().length;
      smi.become({ ...healthy, cutAtByte: 10_000, ending: { readsFrom: `${mount.path}/nvidia0` } });
      const now = await served.until('it to be told', (conditions) => !isHealthy(conditions));
      assert.deepEqual(findings(now), ['GPUHung True NvidiaSmiUninterruptible: nvidia-smi did not end within 1 s (nvidiaSmiTimeout) and cannot be killed: it waits in the kernel, and no other is started']);
      assert.deepEqual(allBut('GPUHung', now), allBut('GPUHung', before));
      assert.deepEqual(smi.starts().slice(startCount), ['-q -x']);
      assert.lengthOf(smi.running(), 1);

      smi.become(healthy);
      await mounted.disposeAsync();
      await served.until('its end', isHealthy);
      await served.poll();
      assert.deepEqual(served.events().map((event) => event.slice(0, event.indexOf(':'))), ['warn NvidiaSmiUninterruptible', 'info NvidiaSmiIsResponsive']);
      assert.equal(smi.mostAtOnce(), 1);
    });

    it('ends at once on SIGTERM, although that one stays', async () => {
      using folder = temporaryFolder();
      await using mounted = new AsyncDisposableStack();
      const mount = mounted.use(await deadMount(folder.file('driver')));
      await using served = await serving('1s');
      // Before its server is disposed of: only then does what waits for it end.
      await using _freed = { [Symbol.asyncDispose]: () => mounted.disposeAsync() };
      await settled(served);
      served.smi.become({ ...healthy, ending: { readsFrom: `${mount.path}/nvidia0` } });
      await served.look();
      const stuck = served.smi.running();
      assert.lengthOf(stuck, 1);
      const exit = await served.server.terminate(EXIT_WITHIN_MS);
      assert.deepEqual({ code: exit?.code, signal: exit?.signal }, { code: 0, signal: null });
      assert.deepEqual(served.smi.running(), stuck);
    });
  });

  describe(noGroup === undefined ? 'in a container with limits' : `in a container with limits (skipped: ${noGroup})`, () => {
    before(function () {
      if (noGroup !== undefined) this.skip();
    });

    it('does not call an nvidia-smi hung that used up the CPU quota', async function () {
      this.timeout(60_000);
      await using group = groupOf({ cpuMillicores: 100 });
      await using served = await serving('5s', group);
      const before = await settled(served);
      served.smi.become({ ...healthy, ending: 'spin' });
      assert.deepEqual(await served.look(), before);
      assert.include(served.server.stderr(), '"said":"nvidia-smi got no CPU time (the CPU limit of this container, or a busy node)"');
      served.smi.become(healthy);
      assert.deepEqual(await served.look(), before);
      assert.deepEqual(served.events(), []);
      assert.equal(served.smi.mostAtOnce(), 1);
    });

    for (const [how, leakMebibytesPerSecond] of [['slowly', 20], ['at once', 1e9]] as const) {
      it(`survives an nvidia-smi that takes all memory ${how}, answers, and says why nothing can be told`, async () => {
        await using group = groupOf({ memoryBytes: LIMIT_BYTES });
        await using served = await serving('20s', group);
        const before = await settled(served);
        served.smi.become({ ending: { leakMebibytesPerSecond }, xml: '' });
        assert.deepEqual(await served.look(), before);
        assert.match(served.server.stderr(), /"said":"nvidia-smi (?:took more than \d+ MiB of memory [^"]*and was killed[^"]*|was killed by something else: likely by the kernel, for want of memory)"/);
        served.smi.become(healthy);
        assert.deepEqual(await served.look(), before);
        assert.equal(served.smi.mostAtOnce(), 1);
      });
    }

    it('lives through all polls of a day and a hundred looks between them in 50 MiB', async function () {
      this.timeout(60_000);
      await using group = groupOf({ memoryBytes: LIMIT_BYTES });
      await using served = await serving('20s', group);
      const before = await settled(served);
      for (let polls = 0; polls < DAY_POLLS; polls++) {
        if (polls % LOOK_EVERY === 0) await served.poll();
        else await served.server.client.checkHealth({}, polls, { timeoutMs: 10_000 });
      }
      assert.deepEqual(await served.look(), before);
      assert.isAbove(served.smi.starts().length, DAY_POLLS / LOOK_EVERY);
      assert.equal(group.oomKillCount(), 0);
      assert.deepEqual(served.events(), []);
      assert.equal(served.smi.mostAtOnce(), 1);
    });
  });
});
