import { assert } from 'chai';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { judge, nodeServices } from '../../../plugins/host-inspector/checks/node-services.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';
import { writeProcess } from '../../support/host-tree-services.ts';

const HOUR_MS = 3_600_000;
const settings = defaultsOf(hostSettings);

/** What is told of each, in short. */
function told({ verdicts }: Look): readonly string[] {
  return verdicts.map((verdict: Verdict) => (verdict.kind === 'problem' ? `${verdict.reason} ${verdict.subject}` : 'message' in verdict ? `${verdict.kind}: ${verdict.message}` : verdict.kind));
}

/** Processes by name, with the time after the boot at which they began. */
type Alive = Readonly<Record<string, number>>;

interface Around {
  readonly ignored?: readonly string[];
  readonly baseline?: unknown;
}

/** Looks at the host through its life; each one with what runs at that time. */
function tell(steps: readonly { readonly atMs: number; readonly alive: Alive }[], { ignored = [], baseline }: Around = {}): readonly (readonly string[])[] {
  let memo: unknown;
  let kept = baseline;
  return steps.map(({ atMs, alive }) => {
    const processes = new Map(Object.entries(alive).map(([name, beginMs]) => [name, { name, pid: String(beginMs + 1), startTicks: beginMs / 10 }]));
    const look = judge(memo, { alive: processes, isMissing: false }, { uptimeMs: atMs, baseline: kept, ignored });
    memo = JSON.parse(JSON.stringify(look.memo));
    kept = look.baseline ?? kept;
    return told(look);
  });
}

const UP = ['healthy', 'healthy'];
const NO_KUBELET = ['not-applicable: kubelet and container runtime (no kubelet was seen on this machine)'];
const NO_RUNTIME = 'not-applicable: container runtime (none was seen that is known)';
const node = { kubelet: 10_000, containerd: 5_000 };

describe('services of a node', () => {
  it('are no matter of a machine that never had a kubelet, whatever runtime it has', () => {
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: {} }, { atMs: HOUR_MS + 30_000, alive: { dockerd: 10, containerd: 5 } }, { atMs: HOUR_MS + 60_000, alive: {} }]), [NO_KUBELET, NO_KUBELET, NO_KUBELET]);
  });

  it('run, and one that has ended does not', () => {
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: node }, { atMs: HOUR_MS + 30_000, alive: { containerd: 5_000 } }, { atMs: HOUR_MS + 60_000, alive: { kubelet: 10_000 } }]), [
      UP, ['KubeletDown kubelet', 'healthy'], ['healthy', 'ContainerRuntimeDown containerd'],
    ]);
  });

  it('that are restarted are up once they have lasted for a minute', () => {
    const at = HOUR_MS + 30_000;
    const again = { ...node, kubelet: at - 10_000 };
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: node }, { atMs: at, alive: again }, { atMs: at + 30_000, alive: again }, { atMs: at + 60_000, alive: again }]), [
      UP, ['KubeletDown kubelet', 'healthy'], ['KubeletDown kubelet', 'healthy'], UP,
    ]);
  });

  it('that start again and again are down, though a process is there at each look', () => {
    const looks = Array.from({ length: 10 }, (_, index) => ({ atMs: HOUR_MS + index * 30_000, alive: { ...node, kubelet: HOUR_MS + index * 30_000 - 7_000 } }));
    assert.deepEqual(tell(looks).slice(1), Array.from({ length: 9 }, () => ['KubeletDown kubelet', 'healthy']));
  });

  it('are up at the first look, however young: nobody knows of another', () => {
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: { kubelet: HOUR_MS - 5_000, containerd: HOUR_MS - 9_000 } }, { atMs: HOUR_MS + 30_000, alive: { kubelet: HOUR_MS - 5_000, containerd: HOUR_MS - 9_000 } }]), [UP, UP]);
  });

  it('that began after now, by an uptime of another clock (LXCFS), are up', () => {
    const lxc = { kubelet: 9 * HOUR_MS, containerd: 8 * HOUR_MS };
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: lxc }, { atMs: HOUR_MS + 30_000, alive: { ...lxc, kubelet: 10 * HOUR_MS } }]), [UP, UP]);
  });

  for (const name of ['kubelite', 'k3s-server', 'k3s-agent', 'k3s']) {
    it(`${name} is a kubelet`, () => {
      assert.deepEqual(tell([{ atMs: HOUR_MS, alive: { [name]: 10, containerd: 20 } }, { atMs: HOUR_MS + 30_000, alive: { containerd: 20 } }]), [UP, [`KubeletDown ${name}`, 'healthy']]);
    });
  }

  it('are ignored where that is set', () => {
    const steps = [{ atMs: HOUR_MS, alive: node }, { atMs: HOUR_MS + 30_000, alive: {} }];
    assert.deepEqual(tell(steps, { ignored: ['kubelet'] })[1], ['ContainerRuntimeDown containerd']);
    assert.deepEqual(tell(steps, { ignored: ['container-runtime'] })[1], ['KubeletDown kubelet']);
    assert.deepEqual(tell(steps, { ignored: ['kubelet', 'container-runtime'] })[1], ['not-applicable: kubelet and container runtime (set to be ignored)']);
  });

  it('of a memo that cannot be used are seen anew', () => {
    for (const memo of [undefined, null, 'x', {}, { kubelet: { name: 'kubelet' }, runtimes: 'x', walkedMs: -1 }, { kubelet: { name: 'a b', pid: '1', startTicks: 1, isUp: true } }]) {
      const alive = new Map([['kubelet', { name: 'kubelet', pid: '7', startTicks: 1 }]]);
      assert.deepEqual(told(judge(memo, { alive, isMissing: false }, { uptimeMs: HOUR_MS, baseline: memo, ignored: [] })), ['healthy', NO_RUNTIME]);
    }
  });
});

describe('a kubelet that was there before the boot', () => {
  const baseline = { kubelet: 'kubelet' };
  it('is awaited after a quarter of an hour, and forgotten after a week', () => {
    const steps = [60_000, 15 * 60_000, HOUR_MS, 7 * 24 * HOUR_MS, 7 * 24 * HOUR_MS + 30_000].map((atMs) => ({ atMs, alive: {} }));
    const down = ['KubeletDown kubelet', NO_RUNTIME];
    assert.deepEqual(tell(steps, { baseline }), [NO_KUBELET, down, down, NO_KUBELET, NO_KUBELET]);
  });

  it('and has come since is up', () => {
    assert.deepEqual(tell([{ atMs: HOUR_MS, alive: {} }, { atMs: HOUR_MS + 30_000, alive: { kubelet: HOUR_MS, containerd: 9 } }], { baseline })[1], UP);
  });
});

describe('the container runtime that kubelet needs', () => {
  const cases: readonly { readonly name: string; readonly has: readonly string[]; readonly gone: readonly string[]; readonly down: readonly string[] }[] = [
    { name: 'is CRI-O, and not the containerd of a Docker beside it', has: ['crio', 'containerd', 'dockerd'], gone: ['containerd', 'dockerd'], down: [] },
    { name: 'is CRI-O, though containerd runs', has: ['crio', 'containerd'], gone: ['crio'], down: ['crio'] },
    { name: 'is Docker behind cri-dockerd', has: ['cri-dockerd', 'dockerd', 'containerd'], gone: ['dockerd'], down: ['dockerd'] },
    { name: 'is cri-dockerd with Docker', has: ['cri-dockerd', 'dockerd', 'containerd'], gone: ['cri-dockerd'], down: ['cri-dockerd'] },
    { name: 'is containerd, and not a Docker that builds images', has: ['containerd', 'dockerd'], gone: ['dockerd'], down: [] },
    { name: 'is Docker where nothing else is', has: ['dockerd'], gone: ['dockerd'], down: ['dockerd'] },
  ];
  for (const { name, has, gone, down } of cases) {
    it(name, () => {
      const all = Object.fromEntries(has.map((runtime, index) => [runtime, 1_000 * (index + 1)]));
      const left = Object.fromEntries(Object.entries(all).filter(([runtime]) => !gone.includes(runtime)));
      const [, second = []] = tell([{ atMs: HOUR_MS, alive: { kubelet: 10, ...all } }, { atMs: HOUR_MS + 30_000, alive: { kubelet: 10, ...left } }]);
      assert.deepEqual(second.filter((each) => each.startsWith('ContainerRuntimeDown')), down.map((runtime) => `ContainerRuntimeDown ${runtime}`));
    });
  }

  it('is another one where kubelet was started after the end of the first, and runs without it', () => {
    const before = { kubelet: 10, 'cri-dockerd': 20, dockerd: 30, containerd: 40 };
    const restarted = HOUR_MS + 60_000;
    const after = { kubelet: restarted, containerd: 40 };
    const looks = tell([
      { atMs: HOUR_MS, alive: before },
      { atMs: HOUR_MS + 30_000, alive: { kubelet: 10, containerd: 40 } },
      { atMs: restarted + 120_000, alive: after },
      { atMs: restarted + 300_000, alive: after },
    ]);
    assert.deepEqual(looks.slice(1), [
      ['healthy', 'ContainerRuntimeDown cri-dockerd', 'ContainerRuntimeDown dockerd'],
      ['healthy', 'ContainerRuntimeDown cri-dockerd', 'ContainerRuntimeDown dockerd'],
      UP,
    ]);
  });
});

describe('a look at the services of a node', () => {
  let host: HostTree;
  let last: Look | undefined;
  beforeEach(() => {
    host = hostTree();
    last = undefined;
  });
  afterEach(() => host[Symbol.dispose]());

  async function look(): Promise<readonly string[]> {
    last = await runCheck(nodeServices, { root: host.root, settings, memo: last?.memo, baseline: last?.baseline, signal: new AbortController().signal, log: silentLogger });
    return told(last);
  }
  const at = (seconds: number): void => host.write('proc/uptime', `${seconds.toFixed(2)} 1.00\n`);

  it('sees that kubelet has ended, and that another has come', async () => {
    at(90_000);
    assert.deepEqual(await look(), UP);
    rmSync(join(host.root, 'proc/700'), { recursive: true });
    at(90_030);
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
    writeProcess(host.write, { pid: '7001', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 9_003_500 });
    at(90_120);
    assert.deepEqual(await look(), UP);
  });

  it('takes no process that has got the PID for kubelet', async () => {
    assert.deepEqual(await look(), UP);
    writeProcess(host.write, { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 4_711, state: 'Z' });
    at(90_000);
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
    writeProcess(host.write, { pid: '700', comm: 'bash', cgroup: '/system.slice/kubelet.service' });
    at(90_100);
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
  });

  it('walks over all processes once a minute while one is missing, and not at all while none is', async () => {
    at(90_000);
    await look();
    // A second walk would find it.
    writeProcess(host.write, { pid: '800', comm: 'crio', cgroup: '/system.slice/crio.service' });
    at(99_000);
    assert.deepEqual(await look(), UP);
    rmSync(join(host.root, 'proc/700'), { recursive: true });
    at(99_030);
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
    writeProcess(host.write, { pid: '7001', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 7 });
    at(99_060);
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
    at(99_090);
    assert.deepEqual(await look(), UP);
  });

  it('of a node on which no kubelet was seen tells that it is down where Pods have a cgroup and nobody listens', async () => {
    rmSync(join(host.root, 'proc/700'), { recursive: true });
    assert.deepEqual(await look(), NO_KUBELET);
    host.write('proc/2/comm', 'kthreadd\n');
    for (const table of ['tcp', 'tcp6']) host.remove(`proc/1/net/${table}`);
    last = undefined;
    assert.deepEqual(await look(), ['KubeletDown kubelet', 'healthy']);
    const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    host.write('proc/1/net/tcp', header);
    host.write('proc/1/net/tcp6', `${header}   0: 00000000000000000000000000000000:280A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2740 1 0000000000000000 100 0 0 10 0\n`);
    last = undefined;
    assert.deepEqual(await look(), NO_KUBELET);
    host.write('proc/1/net/tcp6', 'garbage\n');
    assert.match((await look()).join(), /^unknown: /);
  });

  it('says what is missing where processes are hidden', async () => {
    rmSync(join(host.root, 'proc/1'), { recursive: true });
    assert.deepEqual(await look(), ['not-applicable: kubelet and container runtime (no /proc/1: hidepid, or no /proc)']);
  });

  for (const file of ['proc/700/stat', 'proc/700/comm', 'proc/700/cgroup', 'proc/1/cgroup', 'proc/uptime']) {
    it(`of ${file} that was cut, or is garbage, tells nothing`, async () => {
      for (const text of ['', '7', 'x\u0000\n\n', '700 (kubelet) S 1 700 700']) {
        host.write(file, text);
        last = undefined;
        const [first = '', ...more] = await look();
        // A name of garbage is another process's.
        if (file === 'proc/700/comm' && text.endsWith('\n')) assert.deepEqual([first, ...more], NO_KUBELET);
        else assert.match(first, /^unknown: /, JSON.stringify(text));
      }
    });
  }
});
