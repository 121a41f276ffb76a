import { assert } from 'chai';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition } from '../../plugins/core/status.ts';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import { networkConditions } from '../../plugins/network-verifier/conditions.ts';
import { eventually } from '../support/eventually.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { whyNoImages } from '../support/image-store.ts';
import type { Entry } from '../support/image-tree.ts';
import { probe } from '../support/oci-probe.ts';
import { CLUSTER_ENV, joinCluster } from '../support/pod-cluster.ts';
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
  readonly uid: string;
  readonly monitors: readonly Served[];
}

interface Served {
  readonly name: string;
  readonly types: readonly string[];
}

const SUBJECTS: readonly Subject[] = [
  {
    container: 'node-plugins', uid: '0',
    monitors: [{ name: 'host-inspector', types: hostConditions.map(({ type }) => type) }, { name: 'network-verifier', types: networkConditions().map(({ type }) => type) }],
  },
  { container: 'gpu-monitor', uid: '65532', monitors: [{ name: 'gpu-monitor', types: gpuConditions([]).map(({ type }) => type) }] },
];

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`${name} does not run`);
  return value;
}

after(disposeOfImages);

describe(noImages === undefined ? 'the images, started as deploy/integrated.yaml says' : `the images, started as deploy/integrated.yaml says (skipped: ${noImages})`, () => {
  let pod: PodOnNode;
  const cleanUp = new AsyncDisposableStack();
  const running = new Map<string, StartedContainer>();
  const answers = new Map<string, Answered>();

  const containerOf = ({ container }: Subject): StartedContainer => found(running, container);
  const clientOf = ({ name }: Served): Answered['client'] => found(answers, name).client;
  const conditionsOf = async (monitor: Served): Promise<readonly Condition[]> => (await clientOf(monitor).checkHealth({}, 1, { timeoutMs: 10_000 })).conditions;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    const images = await builtImages();
    pod = cleanUp.use(podOnNode(images, 'integrated', 'npd-ext', CLUSTER_ENV));
    for (const { container: name, monitors } of SUBJECTS) {
      const container = cleanUp.use(await pod.start(name));
      running.set(name, container);
      for (const monitor of monitors) {
        const answered = cleanUp.use(await pod.firstAnswer(monitor.name, container));
        answers.set(monitor.name, answered);
        console.log(`      ${name}: ${Math.round(answered.startMs)} ms from the start of the container to the first answer of ${monitor.name}`);
      }
      if (name === 'node-plugins') cleanUp.use(await joinCluster(container.pid));
    }
  });

  after(() => cleanUp[Symbol.asyncDispose]());

  for (const subject of SUBJECTS) {
    const { container: name, monitors, uid } = subject;

    for (const monitor of monitors) {
      it(`${monitor.name} tells all its conditions, and has looked at each`, async function () {
        this.timeout(LOOKS_WITHIN_MS + 10_000);
        const conditions = await eventually('a look at everything', async () => {
          const now = await conditionsOf(monitor);
          return now.every(({ status }) => status !== 'Unknown') && now;
        }, LOOKS_WITHIN_MS);
        assert.deepEqual(conditions.map(({ type }) => type), monitor.types);
      });
    }

    it(`${name} is user ${uid} without any capability, can gain none, and its system calls are filtered`, () => {
      const { Uid, Gid, Groups, CapInh, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp } = containerOf(subject).status();
      const none = '0'.repeat(16);
      assert.deepEqual({ Uid, Gid, CapInh, CapPrm, CapEff, CapBnd, CapAmb, NoNewPrivs, Seccomp }, {
        Uid: Array(4).fill(uid).join(' '), Gid: Array(4).fill(uid).join(' '),
        CapInh: none, CapPrm: none, CapEff: none, CapBnd: none, CapAmb: none, NoNewPrivs: '1', Seccomp: '2',
      });
      assert.sameMembers(Groups?.split(' ') ?? [], [...new Set([uid, '65532'])]);
    });

    it(`${name} answers soon enough after its start, with the CPU that the manifest gives it`, () => {
      for (const monitor of monitors) assert.isAtMost(found(answers, monitor.name).startMs, ANSWERS_WITHIN_MS, monitor.name);
    });

    it(`${name} has the limits of the manifest, and its probes are answered`, async () => {
      const { resources, livenessProbe, readinessProbe } = pod.containerOf(name);
      const container = containerOf(subject);
      assert.equal(`${container.memoryLimitBytes() / MEBIBYTE}Mi`, resources?.limits?.['memory']);
      assert.equal(container.cpuQuotaUs(), undefined);
      assert.isUndefined(resources?.limits?.['cpu']);
      assert.deepEqual([await probe(container.pid, livenessProbe!), await probe(container.pid, readinessProbe!)], [200, 200]);
    });
  }

  it('network-verifier verifies the network of a node in whose cluster all is well, and says from where it looked', async () => {
    const [, verifier] = SUBJECTS[0]?.monitors ?? [];
    const last = (await conditionsOf(verifier ?? assert.fail())).at(-1);
    assert.deepEqual([last?.type, last?.status, last?.reason], ['NetworkVerified', 'True', 'NetworkIsVerified']);
    assert.match(last?.message ?? '', /from the host's network/);
  });

  it('a day of polls fits into the memory limits', async function () {
    this.timeout(120_000);
    for (const subject of SUBJECTS) {
      const container = containerOf(subject);
      for (let poll = 1; poll <= DAY_POLLS; poll++) for (const monitor of subject.monitors) await clientOf(monitor).checkHealth({}, poll, { timeoutMs: 10_000 });
      const told = [container.peakMemoryBytes(), container.memoryLimitBytes()].map((bytes) => (bytes / MEBIBYTE).toFixed(1));
      console.log(`      ${subject.container}: at most ${told[0]} of ${told[1]} MiB through ${DAY_POLLS} polls, children and files in the page cache included`);
      // Not that the peak is below the limit: it counts file pages, too, and may reach it where Node.js is read from the disk for the first time.
      assert.equal(container.oomKillCount(), 0);
      for (const monitor of subject.monitors) assert.deepEqual((await conditionsOf(monitor)).map(({ type }) => type), monitor.types);
    }
  });

  it('nothing is written but sockets and states', async () => {
    await eventually('all states to be saved', () => readdirSync(pod.stateFolder).length >= answers.size);
    const modes = (folder: string): readonly string[] => readdirSync(folder).toSorted().map((name) => {
      const { uid, mode } = lstatSync(join(folder, name));
      return `${name} ${uid} ${(mode & 0o7777).toString(8)}`;
    });
    assert.deepEqual(modes(pod.socketFolder), ['npd-gpu-monitor.sock 65532 660', 'npd-host-inspector.sock 0 660', 'npd-network-verifier.sock 0 660']);
    assert.deepEqual(modes(pod.stateFolder), ['gpu-monitor.state.json 65532 600', 'host-inspector.state.json 0 600', 'network-verifier.state.json 0 600']);
    for (const subject of SUBJECTS) {
      const container = containerOf(subject);
      const key = ({ path, kind, mode, owner, bytes, modifiedMs }: Entry): string => `${path} ${kind} ${mode} ${owner} ${kind === 'folder' ? '' : `${bytes} ${modifiedMs}`}`;
      const before = new Set(container.before.map(key));
      // What the runtime makes to mount something on it.
      const mounted = new Set(['etc/hostname', 'etc/hosts', 'etc/resolv.conf']);
      assert.deepEqual(container.now().filter((entry) => !before.has(key(entry)) && !mounted.has(entry.path)).map(({ path }) => path), [], subject.container);
    }
  });

  it('both end in good order when they are told to, and take their sockets with them', async () => {
    for (const subject of SUBJECTS) {
      const container = containerOf(subject);
      assert.equal((await container.terminate()).code, 0, container.stderr());
    }
    assert.deepEqual(readdirSync(pod.socketFolder), []);
  });
});
