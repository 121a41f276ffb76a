import { assert } from 'chai';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition } from '../../plugins/core/status.ts';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import { eventually } from '../support/eventually.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { whyNoImages } from '../support/image-store.ts';
import type { Entry } from '../support/image-tree.ts';
import { probe } from '../support/oci-probe.ts';
import { type Answered, type PodOnNode, type StartedContainer, podOnNode } from '../support/pod-on-node.ts';

const noImages = whyNoImages();

/** A day of polls, one in 30 s as the configuration of the host program has it. */
const DAY_POLLS = 2_880;
const MEBIBYTE = 2 ** 20;
const LOOKS_WITHIN_MS = 30_000;
/** The budget of a start to the first answer under a limit of CPU, see throttledStartTime in bench/time.ts. The manifests set no such limit, and then it takes 0.2 s. */
const ANSWERS_WITHIN_MS = 5_000;

interface Subject {
  readonly container: string;
  readonly monitor: string;
  readonly types: readonly string[];
  readonly uid: string;
}

const SUBJECTS: readonly Subject[] = [
  { container: 'node-plugins', monitor: 'host-inspector', types: hostConditions.map(({ type }) => type), uid: '0' },
  { container: 'gpu-monitor', monitor: 'gpu-monitor', types: gpuConditions([]).map(({ type }) => type), uid: '65532' },
];

after(disposeOfImages);

describe(noImages === undefined ? 'the images, started as deploy/integrated.yaml says' : `the images, started as deploy/integrated.yaml says (skipped: ${noImages})`, () => {
  let pod: PodOnNode;
  const cleanUp = new AsyncDisposableStack();
  const running = new Map<string, { readonly container: StartedContainer; readonly answered: Answered }>();

  function of({ container }: Subject): { readonly container: StartedContainer; readonly answered: Answered } {
    const found = running.get(container);
    if (found === undefined) throw new Error(`${container} does not run`);
    return found;
  }

  async function conditionsOf(subject: Subject): Promise<readonly Condition[]> {
    return (await of(subject).answered.client.checkHealth({}, 1, { timeoutMs: 10_000 })).conditions;
  }

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    const images = await builtImages();
    pod = cleanUp.use(podOnNode(images, 'integrated', 'npd-ext'));
    for (const { container: name, monitor } of SUBJECTS) {
      const container = cleanUp.use(await pod.start(name));
      const answered = cleanUp.use(await pod.firstAnswer(monitor, container));
      running.set(name, { container, answered });
      console.log(`      ${name}: ${Math.round(answered.startMs)} ms from the start of the container to the first answer`);
    }
  });

  after(() => cleanUp[Symbol.asyncDispose]());

  for (const subject of SUBJECTS) {
    const { container: name, monitor, types, uid } = subject;

    it(`${monitor} tells all its conditions, and has looked at each`, async function () {
      this.timeout(LOOKS_WITHIN_MS + 10_000);
      const conditions = await eventually('a look at everything', async () => {
        const now = await conditionsOf(subject);
        return now.every(({ status }) => status !== 'Unknown') && now;
      }, LOOKS_WITHIN_MS);
      assert.deepEqual(conditions.map(({ type }) => type), types);
    });

    it(`${name} is user ${uid} without any capability, can gain none, and its system calls are filtered`, () => {
      const { Uid, Gid, Groups, CapInh, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp } = of(subject).container.status();
      const none = '0'.repeat(16);
      assert.deepEqual({ Uid, Gid, CapInh, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp }, {
        Uid: Array(4).fill(uid).join(' '), Gid: Array(4).fill(uid).join(' '),
        CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none, NoNewPrivs: '1', Seccomp: '2',
      });
      assert.sameMembers(Groups?.split(' ') ?? [], [...new Set([uid, '65532'])]);
    });

    it(`${name} answers soon enough after its start, with the CPU that the manifest gives it`, () => {
      assert.isAtMost(of(subject).answered.startMs, ANSWERS_WITHIN_MS);
    });

    it(`${name} has the limits of the manifest, and its probes are answered`, async () => {
      const { resources, livenessProbe, readinessProbe } = pod.containerOf(name);
      const { container } = of(subject);
      assert.equal(`${container.memoryLimitBytes() / MEBIBYTE}Mi`, resources?.limits?.['memory']);
      assert.equal(container.cpuQuotaUs(), undefined);
      assert.isUndefined(resources?.limits?.['cpu']);
      assert.deepEqual([await probe(container.pid, livenessProbe!), await probe(container.pid, readinessProbe!)], [200, 200]);
    });
  }

  it('a day of polls fits into the memory limits', async function () {
    this.timeout(120_000);
    for (const subject of SUBJECTS) {
      const { container, answered } = of(subject);
      for (let poll = 1; poll <= DAY_POLLS; poll++) await answered.client.checkHealth({}, poll, { timeoutMs: 10_000 });
      const told = [container.peakMemoryBytes(), container.memoryLimitBytes()].map((bytes) => (bytes / MEBIBYTE).toFixed(1));
      console.log(`      ${subject.container}: at most ${told[0]} of ${told[1]} MiB through ${DAY_POLLS} polls, children and files in the page cache included`);
      // Not that the peak is below the limit: it counts file pages, too, and may reach it where Node.js is read from the disk for the first time.
      assert.equal(container.oomKillCount(), 0);
      assert.deepEqual((await conditionsOf(subject)).map(({ type }) => type), subject.types);
    }
  });

  it('nothing is written but sockets and states', async () => {
    await eventually('both states to be saved', () => readdirSync(pod.stateFolder).length >= SUBJECTS.length);
    const modes = (folder: string): readonly string[] => readdirSync(folder).toSorted().map((name) => {
      const { uid, mode } = lstatSync(join(folder, name));
      return `${name} ${uid} ${(mode & 0o7777).toString(8)}`;
    });
    assert.deepEqual(modes(pod.socketFolder), ['npd-gpu-monitor.sock 65532 660', 'npd-host-inspector.sock 0 660']);
    assert.deepEqual(modes(pod.stateFolder), ['gpu-monitor.state.json 65532 600', 'host-inspector.state.json 0 600']);
    for (const subject of SUBJECTS) {
      const { container } = of(subject);
      const key = ({ path, kind, mode, owner, bytes, modifiedMs }: Entry): string => `${path} ${kind} ${mode} ${owner} ${kind === 'folder' ? '' : `${bytes} ${modifiedMs}`}`;
      const before = new Set(container.before.map(key));
      // What the runtime makes to mount something on it.
      const mounted = new Set(['etc/hostname', 'etc/hosts', 'etc/resolv.conf']);
      assert.deepEqual(container.now().filter((entry) => !before.has(key(entry)) && !mounted.has(entry.path)).map(({ path }) => path), [], subject.container);
    }
  });

  it('both end in good order when they are told to, and take their sockets with them', async () => {
    for (const subject of SUBJECTS) {
      const { container } = of(subject);
      assert.equal((await container.terminate()).code, 0, container.stderr());
    }
    assert.deepEqual(readdirSync(pod.socketFolder), []);
  });
});
