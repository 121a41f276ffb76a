import { assert } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { type RunningMonitor, createMonitor } from '../../../plugins/core/monitor.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { type SettingsOf, defaultsOf } from '../../../plugins/core/settings.ts';
import { monitorsAnswer } from '../../../plugins/host-inspector/checks/monitors-answer.ts';
import { nodeMonitorDown } from '../../../plugins/host-inspector/conditions/node-monitor-down.ts';
import type { Sibling } from '../../../plugins/host-inspector/monitors/siblings.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { liveSources } from '../../../plugins/host-inspector/sources.ts';
import type { SocketAnswer } from '../../../plugins/linux/http2-answer.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

type Settings = SettingsOf<typeof hostSettings>;
type Kinds = Partial<Record<Sibling, Exclude<SocketAnswer['kind'], 'failed'>>>;

const NEVER = ['not-applicable: gpu-monitor (none has answered here)', 'not-applicable: network-verifier (none has answered here)'];
const GPU_DOWN = 'GPUMonitorDown: gpu-monitor: nobody answers on npd-gpu-monitor.sock';
const NETWORK_DOWN = 'NetworkVerifierDown: network-verifier: nobody answers on npd-network-verifier.sock';
const UNDRIVEN = 'GPUMonitorDown: gpu-monitor: nobody answers on npd-gpu-monitor.sock, and the NVIDIA GPUs on the PCI bus have no driver';
const [NO_GPU = '', NO_NETWORK = ''] = NEVER;

function told({ verdicts }: Look): readonly string[] {
  return verdicts.map((verdict) => (verdict.kind === 'problem' ? `${verdict.reason}: ${verdict.message}` : 'message' in verdict ? `${verdict.kind}: ${verdict.message}` : verdict.kind));
}

/** A function of the PCI bus. */
function plugIn(host: HostTree, address: string, { vendor = '0x10de', itsClass = '0x030200', driver = undefined as string | undefined } = {}): void {
  const folder = `sys/bus/pci/devices/${address}`;
  host.write(`${folder}/vendor`, `${vendor}\n`);
  host.write(`${folder}/class`, `${itsClass}\n`);
  if (driver !== undefined) symlinkSync(`../../../../bus/pci/drivers/${driver}`, join(host.root, folder, 'driver'));
}

describe('the other monitors of a node', () => {
  let host: HostTree;
  let last: Look | undefined;
  beforeEach(() => {
    host = hostTree();
    last = undefined;
  });
  afterEach(() => host[Symbol.dispose]());

  const upFor = (minutes: number): void => host.write('proc/uptime', `${(minutes * 60).toFixed(2)} 1.00\n`);
  async function look(kinds: Kinds = {}, settings: Partial<Settings> = {}): Promise<readonly string[]> {
    const check = monitorsAnswer({ ...liveSources, askSibling: async (sibling) => ({ kind: kinds[sibling] ?? 'absent' }) });
    last = await runCheck(check, { root: host.root, settings: { ...defaultsOf(hostSettings), ...settings }, memo: last?.memo, baseline: last?.baseline, signal: new AbortController().signal, log: silentLogger });
    return told(last);
  }
  /** The machine boots, and the state file has kept the baseline. */
  const boot = (): void => {
    last = last?.baseline === undefined ? undefined : { verdicts: [], baseline: last.baseline };
  };

  it('that have never answered here are not expected', async () => {
    assert.deepEqual(await look(), NEVER);
    assert.deepEqual(await look({ 'gpu-monitor': 'refused', 'network-verifier': 'silent' }), NEVER);
  });

  for (const kind of ['absent', 'refused', 'silent', 'stranger'] as const) {
    it(`that have answered, and are ${kind} now, are down`, async () => {
      assert.deepEqual(await look({ 'gpu-monitor': 'answers', 'network-verifier': 'answers' }), ['healthy', 'healthy']);
      assert.deepEqual(await look({ 'gpu-monitor': kind, 'network-verifier': kind }), [GPU_DOWN, NETWORK_DOWN]);
      assert.deepEqual(await look({ 'gpu-monitor': 'answers', 'network-verifier': 'answers' }), ['healthy', 'healthy']);
    });
  }

  it('are expected again some time after a boot', async () => {
    plugIn(host, '0000:53:00.0', { driver: 'nvidia' });
    host.write('sys/module/nvidia/version', '535.154.05\n');
    await look({ 'gpu-monitor': 'answers', 'network-verifier': 'answers' });
    boot();
    upFor(2);
    assert.deepEqual(await look(), NEVER);
    upFor(15);
    assert.deepEqual(await look(), [GPU_DOWN, NETWORK_DOWN]);
  });

  it('are not expected to watch GPUs of which there are none any more', async () => {
    await look({ 'gpu-monitor': 'answers' });
    boot();
    upFor(60);
    assert.deepEqual(await look(), NEVER);
  });

  it('are expected or not as it is set', async () => {
    assert.deepEqual(await look({}, { gpuMonitorExpected: 'yes' }), [GPU_DOWN, NO_NETWORK]);
    assert.deepEqual(await look({ 'network-verifier': 'answers' }), [NO_GPU, 'healthy']);
    assert.deepEqual(await look({}, { networkVerifierExpected: 'no' }), [NO_GPU, 'not-applicable: network-verifier (set not to be expected)']);
  });

  it('are told of in the Pod network only where they are used there', async () => {
    const POD_DOWN = 'NetworkVerifierDown: pod-network-verifier: nobody answers on npd-pod-network-verifier.sock';
    assert.deepEqual(await look({}, { podNetworkVerifierExpected: 'yes' }), [...NEVER, POD_DOWN]);
    assert.deepEqual(await look({ 'pod-network-verifier': 'answers' }), [...NEVER, 'healthy']);
    assert.deepEqual(await look(), [...NEVER, POD_DOWN]);
    assert.deepEqual(await look({}, { podNetworkVerifierExpected: 'no' }), [...NEVER, 'not-applicable: pod-network-verifier (set not to be expected)']);
  });

  it('whose socket is closed to us are not judged', async () => {
    await look({ 'gpu-monitor': 'answers' });
    assert.deepEqual(await look({ 'gpu-monitor': 'denied' }), ['not-applicable: gpu-monitor (its socket is closed to us: needs its group)', NO_NETWORK]);
  });

  it('that could not be asked are unknown', async () => {
    const check = monitorsAnswer({ ...liveSources, askSibling: async () => ({ kind: 'failed', message: 'EMFILE', cause: undefined }) });
    const found = await runCheck(check, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
    assert.deepEqual(told(found), ['unknown: gpu-monitor: EMFILE', 'unknown: network-verifier: EMFILE']);
  });

  describe('where GPUs have no driver', () => {
    const wanted = (): void => {
      mkdirSync(dirname(join(host.root, 'usr/bin/nvidia-smi')), { recursive: true });
      writeFileSync(join(host.root, 'usr/bin/nvidia-smi'), '');
    };
    /** What is told when it has lasted. */
    async function later(kinds: Kinds = {}): Promise<readonly string[]> {
      upFor(100);
      await look(kinds);
      upFor(115);
      return await look(kinds);
    }

    it('are missed once that has lasted, since their container may not even be made', async () => {
      plugIn(host, '0000:53:00.0');
      wanted();
      upFor(100);
      assert.deepEqual(await look(), NEVER);
      upFor(114);
      assert.deepEqual(await look(), NEVER);
      upFor(115);
      assert.deepEqual(await look(), [UNDRIVEN, NO_NETWORK]);
      host.write('sys/module/nvidia/version', '535.154.05\n');
      assert.deepEqual(await look(), NEVER);
    });

    it('are not missed while the driver comes and goes', async () => {
      plugIn(host, '0000:53:00.0');
      wanted();
      upFor(100);
      await look();
      host.write('sys/module/nvidia/version', '535.154.05\n');
      upFor(106);
      await look();
      host.remove('sys/module/nvidia');
      upFor(116);
      assert.deepEqual(await look(), NEVER);
    });

    it('are not missed where they answer', async () => {
      plugIn(host, '0000:53:00.0');
      wanted();
      assert.deepEqual(await later({ 'gpu-monitor': 'answers' }), ['healthy', NO_NETWORK]);
    });

    it('are not missed where nobody has prepared the node to use them', async () => {
      plugIn(host, '0000:53:00.0');
      assert.deepEqual(await later(), NEVER);
    });

    for (const driver of ['vfio-pci', 'nouveau', 'pciback']) {
      it(`are not missed where one of them is bound to ${driver}`, async () => {
        plugIn(host, '0000:53:00.0');
        plugIn(host, '0000:5d:00.0', { driver });
        wanted();
        assert.deepEqual(await later(), NEVER);
      });
    }

    it('are not missed for a sound card of NVIDIA, or a GPU of others', async () => {
      plugIn(host, '0000:53:00.1', { itsClass: '0x040300' });
      plugIn(host, '0000:00:02.0', { vendor: '0x8086', itsClass: '0x030000' });
      wanted();
      assert.deepEqual(await later(), NEVER);
    });

    it('cannot be told where the bus cannot be read, and the other monitor can', async () => {
      host.write('sys/bus/pci/devices/0000:53:00.0/vendor', 'x');
      await look({ 'network-verifier': 'answers' });
      assert.deepEqual(await look(), ['unknown: gpu-monitor: whether it is needed cannot be told: /sys/bus/pci/devices/0000:53:00.0/vendor: expected a number such as 0x10de, got "x"', NETWORK_DOWN]);
    });
  });

  it('of a memo or baseline that cannot be used have never answered', async () => {
    for (const value of [null, 'x', {}, ['gpu-monitor', 1, {}], { seen: 'gpu-monitor', gpus: { lookedMs: -1 } }]) {
      const found = await runCheck(monitorsAnswer(liveSources), { root: host.root, settings: defaultsOf(hostSettings), memo: value, baseline: undefined, signal: new AbortController().signal, log: silentLogger });
      assert.deepEqual(told(found), NEVER);
    }
  });
});

describe('NodeMonitorDown', () => {
  const PERIOD_MS = 30_000;
  let host: HostTree;
  let clock: FakeClock;
  let monitor: RunningMonitor;
  let isUp: boolean;
  beforeEach(async () => {
    host = hostTree();
    clock = fakeClock();
    isUp = true;
    await begin(0);
  });
  afterEach(() => {
    monitor.close();
    host[Symbol.dispose]();
  });

  async function begin(random: number): Promise<void> {
    const checks = [monitorsAnswer({ ...liveSources, askSibling: async (sibling) => ({ kind: sibling === 'gpu-monitor' && isUp ? 'answers' : 'refused' }) })];
    monitor = createMonitor({
      definition: { name: 'host-inspector', description: '', specs: [nodeMonitorDown], settings: hostSettings, checks },
      version: '', root: host.root, configured: defaultsOf(hostSettings), clock, random: () => random, log: silentLogger, bootId: 'x',
    });
    void monitor.start();
    await clock.advance(0);
  }
  const status = (): string | undefined => monitor.conditions()[0]?.status;

  for (const random of [0, 0.5, 0.999]) {
    it(`is True within two periods of the end of gpu-monitor, and False within two of its return, with jitter ${random}`, async () => {
      monitor.close();
      await begin(random);
      for (const lateMs of [1, 10_000, 29_999]) {
        await clock.advance(lateMs);
        isUp = false;
        await clock.advance(2 * PERIOD_MS);
        assert.equal(status(), 'True', `down at ${lateMs}`);
        isUp = true;
        await clock.advance(2 * PERIOD_MS);
        assert.equal(status(), 'False', `up at ${lateMs}`);
      }
    });
  }

  it('stays False while gpu-monitor is restarted within 27 seconds, whenever that is', async () => {
    for (const lateMs of [0, 5_000, 15_000, 29_000]) {
      await clock.advance(lateMs);
      isUp = false;
      await clock.advance(26_900);
      isUp = true;
      await clock.advance(2 * PERIOD_MS);
      assert.equal(status(), 'False');
    }
    assert.deepEqual(monitor.checkHealth({}).status.events, []);
  });
});
