import { assert } from 'chai';
import { cpus } from 'node:os';
import { eventually } from '../support/eventually.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { whyNoImages } from '../support/image-store.ts';
import type { Entry } from '../support/image-tree.ts';
import { type PodOnNode, type StartedContainer, podOnNode } from '../support/pod-on-node.ts';

const noImages = whyNoImages();

const MEBIBYTE = 2 ** 20;

/** Kubeowler waits five minutes for all nodes together. */
const TELLS_WITHIN_MS = 60_000;

after(disposeOfImages);

describe(noImages === undefined ? 'the node image, started as deploy/kubeowler.yaml says' : `the node image, started as deploy/kubeowler.yaml says (skipped: ${noImages})`, () => {
  let pod: PodOnNode;
  let inspector: StartedContainer;
  let document: Readonly<Record<string, unknown>>;
  const cleanUp = new AsyncDisposableStack();

  /** All that the kubelet would keep: both outputs. */
  const log = (): string => inspector.stdout() + inspector.stderr();

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    const images = await builtImages();
    pod = cleanUp.use(podOnNode(images, 'kubeowler', 'kubeowler-node-inspector'));
    inspector = cleanUp.use(await pod.start('inspector'));
    await eventually('its log', () => {
      if (!inspector.isRunning()) throw new Error(`it has ended: ${log()}`);
      return log().endsWith('\n');
    }, TELLS_WITHIN_MS);
    console.log(`      inspector: ${Math.round(performance.now() - inspector.startedMs)} ms from the start of the container to the document`);
    document = JSON.parse(log()) as Readonly<Record<string, unknown>>;
  });

  after(() => cleanUp[Symbol.asyncDispose]());

  it('has one document for its whole log, of this node and of now', () => {
    assert.lengthOf(log().trimEnd().split('\n'), 1);
    assert.equal(document['node_name'], 'worker-1');
    assert.isBelow(Date.now() - Date.parse(String(document['timestamp'])), TELLS_WITHIN_MS);
  });

  it('tells of the host, and nothing of its own network', () => {
    const { resources, kernel, node_disks: disks } = document as { readonly resources: Readonly<Record<string, unknown>>; readonly kernel: Readonly<Record<string, unknown>>; readonly node_disks: readonly { readonly mount_point: string }[] };
    assert.equal(resources['cpu_cores'], cpus().length);
    assert.isAbove(Number(resources['memory_total_mib']), 0);
    assert.include(disks.map(({ mount_point: mountPoint }) => mountPoint), '/');
    assert.isNull(kernel['net_ipv4_ip_forward']);
    assert.notEqual(kernel['vm_swappiness'], '');
  });

  it('is user 0 without any capability, can gain none, and its system calls are filtered', () => {
    const { Uid, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp } = inspector.status();
    const none = '0'.repeat(16);
    assert.deepEqual({ Uid, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp }, { Uid: '0 0 0 0', CapPrm: none, CapEff: none, CapBnd: none, NoNewPrivs: '1', Seccomp: '2' });
  });

  it('has the limits of the manifest, and fits into them', () => {
    const { resources } = pod.containerOf('inspector');
    assert.equal(`${inspector.memoryLimitBytes() / MEBIBYTE}Mi`, resources?.limits?.['memory']);
    assert.equal(`${(inspector.cpuQuotaUs() ?? 0) / 100}m`, resources?.limits?.['cpu']);
    console.log(`      inspector: at most ${(inspector.peakMemoryBytes() / MEBIBYTE).toFixed(1)} MiB, ${inspector.status()['RssAnon']} private while it sleeps`);
    assert.equal(inspector.oomKillCount(), 0);
    // What it asks for: while it sleeps, other Pods have the rest.
    assert.isBelow(Number.parseInt(inspector.status()['RssAnon'] ?? '', 10), 32 * 1_024);
  });

  it('writes no file', () => {
    const key = ({ path, kind, mode, owner, bytes, modifiedMs }: Entry): string => `${path} ${kind} ${mode} ${owner} ${kind === 'folder' ? '' : `${bytes} ${modifiedMs}`}`;
    const before = new Set(inspector.before.map(key));
    const mounted = new Set(['etc/hostname', 'etc/hosts', 'etc/resolv.conf']);
    assert.deepEqual(inspector.now().filter((entry) => !before.has(key(entry)) && !mounted.has(entry.path)).map(({ path }) => path), []);
  });

  it('sleeps until it is told to end, which it does at once, without another word', async () => {
    const before = log();
    const { code, tookMs } = await inspector.terminate();
    assert.equal(code, 0);
    assert.isBelow(tookMs, 2_000);
    assert.equal(log(), before);
  });
});
