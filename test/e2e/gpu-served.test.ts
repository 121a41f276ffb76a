import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { eventually, type Folder, temporaryFolder } from '../support/eventually.ts';
import { type FakeSmi, type SmiBehaviour, fakeSmi } from '../support/fake-smi.ts';
import { gpuHostTree } from '../support/gpu-host.ts';
import { allBut, endLeftBehind, findings, type GpuPoller, gpuPoller, healthySmi, isHealthy, uuidOf } from '../support/gpu-served.ts';
import type { HostTree } from '../support/host-tree.ts';
import { ask } from '../support/http-client.ts';
import { type Program, start } from '../support/program.ts';
import { smiXml } from '../support/smi-xml.ts';

const GPU_COUNT = 8;
const healthy = healthySmi(GPU_COUNT);

/** A node with eight GPUs, on which nothing is served yet. */
interface Node extends AsyncDisposable {
  readonly folder: Folder;
  readonly host: HostTree;
  readonly smi: FakeSmi;
  /** The kernel writes these lines. */
  readonly log: (...lines: readonly string[]) => void;
}

function gpuNode(): Node {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder());
  const host = stack.use(gpuHostTree(GPU_COUNT));
  const smi = stack.use(fakeSmi(healthy));
  stack.defer(() => endLeftBehind(smi));
  return {
    folder, host, smi,
    log: (...lines) => appendFileSync(join(host.root, 'dev/kmsg'), lines.map((line) => `[ 4711.000000] ${line}\n`).join('')),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Served extends AsyncDisposable, GpuPoller {
  readonly program: Program;
  readonly http: string;
}

/** `serve gpu-monitor` with its state in the folder of the node, once it is served. */
async function serving({ folder, host, smi }: Node, nvidiaSmiTimeout = '20s'): Promise<Served> {
  await using started = new AsyncDisposableStack();
  const config = folder.file('config.json');
  writeFileSync(config, JSON.stringify({ 'gpu-monitor': { nvidiaSmiTimeout } }));
  const [socket, http] = [folder.file('a.sock'), `unix:${folder.file('a.http')}`];
  const program = started.use(start([
    'serve', 'gpu-monitor', '--host-root', host.root, '--nvidia-smi', smi.path, '--config', config, '--state-dir', folder.path, '--socket', socket, '--http', http,
  ]));
  const served = eventually('the socket', () => program.stderr().includes('"msg":"serving"'));
  await Promise.race([served, program.ended.then(({ stderr }) => Promise.reject(new Error(`it is not served: ${stderr}`)))]);
  const client = started.use(connect(socket));
  const stack = started.move();
  return { ...gpuPoller(client, http), program, http, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The conditions once all are healthy, which makes no look of its own happen. */
async function settled({ conditions }: GpuPoller): Promise<readonly Condition[]> {
  return await eventually('all to be healthy', async () => {
    const now = await conditions();
    return isHealthy(now) && now;
  });
}

async function saved({ folder }: Node, isSo: (text: string) => boolean): Promise<void> {
  const path = folder.file('gpu-monitor.state.json');
  await eventually('the state file', () => existsSync(path) && isSo(readFileSync(path, 'utf8')));
}

/** Starts a look at what behaves so, and polls while its nvidia-smi runs, which is there before and after. */
async function answersMeanwhile({ poll, lookWithAll, conditions }: GpuPoller, smi: FakeSmi, behaviour: SmiBehaviour, want: readonly Condition[]): Promise<void> {
  // Of a check that looks already the poll would begin no look.
  await lookWithAll();
  smi.become(behaviour);
  const { length } = smi.starts();
  await poll();
  await eventually('nvidia-smi to be started', () => smi.starts().length > length);
  const running = smi.running();
  assert.lengthOf(running, 1);
  for (let polls = 0; polls < 5; polls++) assert.deepEqual(await conditions(), want);
  assert.deepEqual(smi.running(), running);
}

/** As kernels write it of the fourth GPU. */
const ABOUT_48 = "NVRM: Xid (PCI:0000:5d:00): 48, pid='<unknown>', name=<unknown>, DBE (double bit error) ECC Error";
const ABOUT_31 = 'NVRM: Xid (PCI:0000:5d:00): 31, pid=4242, name=python3, Ch 00000008, intr 10000000. MMU Fault';
const ABOUT_13 = 'NVRM: Xid (PCI:0000:5d:00): 13, pid=4242, name=python3, Graphics Exception';
const ASKS_RESET = 'NVRM: Xid (PCI:0000:5d:00): 154, GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)';
const ASKS_NOTHING = 'NVRM: Xid (PCI:0000:5d:00): 154, GPU recovery action changed from 0x1 (GPU Reset Required) to 0x0 (None)';
const FOURTH = 'GPU 0000:5d:00.0 (GPU-0a0b0c0d-0000-4000-8000-000000000003, serial 1550000000003)';

/** Without the fourth, of which it only complains. */
const PARTIAL: SmiBehaviour = {
  ...healthy,
  xml: smiXml({ gpus: GPU_COUNT }).replace(/\t<gpu id="00000000:5D:00\.0">[^]*?\t<\/gpu>\n/, ''),
  stderr: 'Unable to determine the device handle for GPU 0000:5D:00.0: GPU is lost.  Reboot the system to recover this GPU\n',
  exitCode: 15,
};

const LOST: readonly (readonly [how: string, lost: SmiBehaviour])[] = [
  ['leaves it out, complains and exits with 15', PARTIAL],
  ['prints it with all else', { ...healthy, xml: smiXml({ gpus: GPU_COUNT, change: (gpu) => (gpu === 3 ? { temperature: 'GPU is lost', memoryUsed: 'GPU is lost', replayCounter: 'GPU is lost' } : {}) }), exitCode: 15 }],
];

/** What is told, and events other than the begin and end of that. Without either all is held: most of it may be over at the next look. */
const TROUBLES: readonly (readonly [name: string, behaviour: SmiBehaviour, want?: string | undefined, events?: readonly string[]])[] = [
  ['the driver is not loaded', { xml: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n", exitCode: 9 }],
  ['the library is another one', { xml: 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.95\n', exitCode: 18 }],
  ['a power cable is missing', { ...healthy, exitCode: 8 }, 'GPUDriverUnhealthy True PowerCableUnplugged: exit code 8 (a power cable is not attached)'],
  ['an InfoROM is corrupted, and there are no data', { xml: '', exitCode: 14 }, 'GPUDriverUnhealthy True InfoROMCorrupted: exit code 14 (infoROM is corrupted)'],
  ['an InfoROM is corrupted, and there are data', { ...healthy, exitCode: 14 }, undefined, ['warn InfoROMCorrupted']],
  ['noise on stderr', { ...healthy, stderr: 'WARNING: a library is old\n' }],
  ['an internal error', { xml: '', exitCode: 255 }],
  ['an internal error after all data', { ...healthy, exitCode: 255 }],
  ['no access', { xml: 'Failed to initialize NVML: Unknown Error\n', exitCode: 255 }],
  ['no library', { xml: "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.\n", exitCode: 12 }],
  ['an interrupt', { ...healthy, exitCode: 10 }],
  ['half of the output', { ...healthy, cutAtByte: 40_000 }],
  ['nothing at all', { xml: '', nvlink: '' }],
  ['a crash', { xml: '', ending: { killsItselfWith: 'SEGV' } }],
  ['a flood', { xml: '', nvlink: '', ending: 'flood' }],
];

const HANGS: readonly (readonly [name: string, behaviour: SmiBehaviour])[] = [
  ['sleeps', { ending: 'hang', xml: '', nvlink: '' }],
  ['sleeps after half of its output, and does not heed signals', { ...healthy, cutAtByte: 40_000, isDeaf: true, ending: 'hang' }],
  ['sleeps after all of its output and noise', { ...healthy, stderr: 'noise\n', ending: 'hang' }],
  ['computes for ever', { xml: '', nvlink: '', ending: 'spin' }],
];

/** `warn GPULost` */
function inShort(events: readonly string[]): readonly string[] {
  return events.map((event) => event.slice(0, event.indexOf(':')));
}

describe('a served gpu-monitor', () => {
  it('finds nothing wrong with eight healthy GPUs, and tells what the kernel logs of one, and that it is over', async () => {
    await using node = gpuNode();
    await using served = await serving(node);
    const before = await settled(served);
    assert.deepEqual(before.map(({ type }) => type), gpuConditions([]).map(({ type }) => type));
    assert.deepEqual(await served.look(), before);
    assert.deepEqual(served.events(), []);

    node.log('usb 1-1: new device', ABOUT_48, ASKS_RESET);
    const sick = await served.until('the XID', (now) => !isHealthy(now));
    assert.deepEqual(findings(sick), [`GPUXidError True GPUResetRequired: ${FOURTH}: XID 48 (double-bit ECC error), XID 154 (the driver asks for a reset); over once the driver was loaded again, the node rebooted, or nvidia-smi shows that the GPU was reset (by its recovery action or its counters)`]);
    assert.deepEqual(allBut('GPUXidError', sick), allBut('GPUXidError', before));
    node.log(ASKS_NOTHING);
    await served.until('its end', isHealthy);
    await served.poll();
    assert.deepEqual(served.events(), [
      `warn GPUResetRequired: ${FOURTH}: XID 48 (double-bit ECC error), XID 154 (the driver asks for a reset); over once the driver was loaded again, the node rebooted, or nvidia-smi shows that the GPU was reset (by its recovery action or its counters)`,
      'info NoGPUXidError: GPUXidError is over (was GPUResetRequired): no XID is known that asks for a reset, a reboot or a new GPU',
    ]);
    assert.equal(node.smi.mostAtOnce(), 1);
  });

  for (const [how, lost] of LOST) {
    it(`names the GPU of eight that is lost, and only that one, where nvidia-smi ${how}`, async () => {
      await using node = gpuNode();
      await using served = await serving(node);
      const before = await settled(served);
      node.smi.become(lost);
      const now = await served.until('the loss', (conditions) => !isHealthy(conditions));
      const [found = '', ...others] = findings(now);
      assert.match(found, /^GPUMissing True GPULost: GPU 0000:5d:00\.0 \(GPU-0a0b0c0d-0000-4000-8000-000000000003, serial 1550000000003\): [^;]*GPU is lost/);
      assert.lengthOf(found.match(/GPU-0a0b0c0d/g) ?? [], 1);
      assert.deepEqual(others, []);
      assert.deepEqual(allBut('GPUMissing', now), allBut('GPUMissing', before));
      await served.poll();
      assert.deepEqual(inShort(served.events()), ['warn GPULost']);
    });
  }

  it('tells what is wrong with nvidia-smi, holds all else, and is healthy again as soon as it is', async function () {
    this.timeout(60_000);
    await using node = gpuNode();
    await using served = await serving(node);
    let before = await settled(served);
    for (const [name, behaviour, want] of TROUBLES) {
      node.smi.become(behaviour);
      const { length } = node.smi.starts();
      const now = want === undefined ? await served.look() : await served.until(name, (conditions) => !isHealthy(conditions));
      assert.isAbove(node.smi.starts().length, length, name);
      if (want === undefined) assert.deepEqual(now, before, name);
      else assert.deepEqual(findings(now), [want], name);
      assert.deepEqual(allBut('GPUDriverUnhealthy', now), allBut('GPUDriverUnhealthy', before), name);
      node.smi.become(healthy);
      before = await served.until(`the end of: ${name}`, isHealthy);
    }
    assert.equal(node.smi.mostAtOnce(), 1);
    await served.poll();
    assert.deepEqual(inShort(served.events()), TROUBLES.flatMap(([, , want, event]) => event ?? (want === undefined ? [] : [`warn ${want.split(/[ :]/)[2]}`, 'info NodeHasGPUDriver'])));
  });

  it('holds all that was known where nvidia-smi has gone for a moment, as at an update of the driver', async () => {
    await using node = gpuNode();
    await using served = await serving(node);
    const before = await settled(served);
    renameSync(node.smi.path, node.folder.file('away'));
    assert.deepEqual(await served.look(), before);
    renameSync(node.folder.file('away'), node.smi.path);
    assert.deepEqual(await served.look(), before);
    assert.deepEqual(served.events(), []);
  });

  it('answers while nvidia-smi hangs in whatever way, starts one at a time, calls it hung after two looks, and is healthy as soon as it answers', async function () {
    this.timeout(120_000);
    // All at once: that it hangs counts once it was seen for 20 seconds.
    await Promise.all(HANGS.map(async ([name, behaviour]) => {
      await using node = gpuNode();
      await using served = await serving(node, '4s');
      const before = await settled(served);
      await answersMeanwhile(served, node.smi, behaviour, before);
      assert.deepEqual(await served.conditions(), before, name);
      const now = await served.until(name, (conditions) => !isHealthy(conditions));
      assert.deepEqual(findings(now), ['GPUHung True NvidiaSmiTimeout: nvidia-smi did not end within 4 s (nvidiaSmiTimeout) and was killed'], name);
      assert.deepEqual(allBut('GPUHung', now), allBut('GPUHung', before), name);
      node.smi.become(healthy);
      await served.until(`the end of: ${name}`, isHealthy);
      await served.poll();
      assert.deepEqual(inShort(served.events()), ['warn NvidiaSmiTimeout', 'info NvidiaSmiIsResponsive'], name);
      assert.equal(node.smi.mostAtOnce(), 1, name);
    }));
  });

  it('keeps all times over a restart, and tells nothing twice that was told or logged before', async () => {
    await using node = gpuNode();
    let before;
    {
      await using first = await serving(node);
      await settled(first);
      node.log(ABOUT_48, ABOUT_31);
      before = await first.until('the XID', (now) => !isHealthy(now));
      await first.poll();
      assert.deepEqual(inShort(first.events()), ['info GPUXid', 'warn GPUResetRequired']);
      first.program.kill('SIGTERM');
      assert.equal((await first.program.ended).code, 0);
    }
    await using second = await serving(node);
    assert.deepEqual(await second.look(), before);
    node.log(ABOUT_13);
    await eventually('the new XID', async () => (await second.poll()).events.length > 0);
    assert.deepEqual(second.events(), [`info GPUXid: ${FOURTH}: XID 13 (graphics engine exception), logged once of process 4242: Graphics Exception`]);
    assert.deepEqual(await second.conditions(), before);
  });

  it('killed in the middle of a look goes on with one nvidia-smi of its own, with all times, and tells nothing twice', async () => {
    await using node = gpuNode();
    const { smi } = node;
    await using first = await serving(node);
    await settled(first);
    node.log(ABOUT_48);
    const before = await first.until('the XID', (now) => !isHealthy(now));
    await first.poll();
    await saved(node, (text) => text.includes('GPUResetRequired') && text.includes('"events":[]'));
    await answersMeanwhile(first, smi, { ...healthy, ending: 'hang' }, before);
    const startCount = smi.starts().length;
    first.program.kill('SIGKILL');
    await first.program.ended;

    await using second = await serving(node, '1s');
    assert.deepEqual(await second.conditions(), before);
    await eventually('its first nvidia-smi', () => smi.starts().length > startCount);
    assert.deepEqual(await second.conditions(), before);
    smi.become(healthy);
    await second.look();
    assert.deepEqual(await second.look(), before);
    assert.deepEqual(second.events(), []);
    assert.isAtMost(smi.mostAtOnce(), 2);
    second.program.kill('SIGTERM');
    assert.equal((await second.program.ended).code, 0);
  });
});

describe('/metrics of a served gpu-monitor', () => {
  it('have the numbers of each GPU, and no more of them after many looks', async () => {
    await using node = gpuNode();
    await using served = await serving(node);
    await settled(served);
    const first = gpuSeries((await ask(served.http, '/metrics')).text);
    const perGpu: readonly (readonly [name: string, labels: readonly string[]])[] = [
      ['temperature_celsius', [',sensor="gpu"', ',sensor="memory"']], ['memory_used_bytes', ['']], ['clock_hertz', [',domain="graphics"', ',domain="memory"', ',domain="sm"']], ['pcie_replays_total', ['']],
    ];
    for (const [name, labels] of perGpu) {
      const want = Array.from({ length: GPU_COUNT }, (_, gpu) => labels.map((label) => `npd_plugins_gpu_${name}{index="${gpu}",uuid="${uuidOf(gpu)}"${label}}`)).flat();
      assert.deepEqual(first.filter((series) => series.startsWith(`npd_plugins_gpu_${name}{`)).toSorted(), want.toSorted());
    }
    assert.includeMembers([...first], ['npd_plugins_gpu_nvidia_smi_answers', 'npd_plugins_gpu_nvidia_smi_duration_seconds', 'npd_plugins_gpu_nvidia_smi_exit_code']);
    for (let looks = 0; looks < 3; looks++) await served.look();
    assert.deepEqual(gpuSeries((await ask(served.http, '/metrics')).text), first);
    node.log(ABOUT_31);
    await eventually('the event', async () => (await served.poll()).events.length > 0);
    const { text } = await ask(served.http, '/metrics');
    assert.include(text, `\nnpd_plugins_gpu_xid_total{address="0000:5d:00.0",index="3",uuid="${uuidOf(3)}",xid="31"} 1\n`);
    node.smi.become({ xml: 'gone\n', exitCode: 9 });
    await served.look();
    assert.include((await ask(served.http, '/metrics')).text, '\nnpd_plugins_gpu_nvidia_smi_exit_code 9\n');
    assert.notInclude((await ask(served.http, '/metrics')).text, 'npd_plugins_gpu_temperature_celsius');
  });

  const whyNoPromtool = spawnSync('promtool', ['--version']).error === undefined ? undefined : 'no promtool in PATH, see .ci/run';
  it(`are such that promtool finds nothing wrong with them${whyNoPromtool === undefined ? '' : ` (skipped: ${whyNoPromtool})`}`, async function () {
    if (whyNoPromtool !== undefined) this.skip();
    await using node = gpuNode();
    node.log(ABOUT_31);
    await using served = await serving(node);
    await settled(served);
    const { text } = await ask(served.http, '/metrics');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', timeout: 15_000 });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });
});

/** Name and labels, sorted. */
function gpuSeries(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('npd_plugins_gpu_')).map((line) => line.slice(0, line.lastIndexOf(' '))).toSorted();
}
