import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { type RunningMonitor, createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { networkChecks } from '../../../plugins/network-verifier/checks/index.ts';
import { networkTargetUnreachable } from '../../../plugins/network-verifier/conditions/network-target-unreachable.ts';
import { inScope } from '../../../plugins/network-verifier/scope.ts';
import { type NetworkSettings, networkSettings } from '../../../plugins/network-verifier/settings.ts';
import type { ConnectTcp } from '../../../plugins/network-verifier/sources.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { localSources } from '../../support/network-look.ts';

const TARGETS = ['192.0.2.1:5432', '192.0.2.2:5432'];
const REFUSED = "tcp://192.0.2.1:5432: connection refused (from the host's network), but the other target can be reached: likelier this target than this node";
const ADVICE = 'Look whether the target listens, then at routes and firewall of this node.';

describe('NetworkTargetUnreachable', () => {
  let clock: FakeClock;
  let monitor: RunningMonitor;
  /** Addresses that refuse. */
  const down = new Set<string>();

  const connectTcp: ConnectTcp = ({ address }) => Promise.resolve(down.has(address) ? { kind: 'failed', fault: 'refused', message: 'connection refused', tookMs: 1 } : { kind: 'ok', tookMs: 1, value: undefined });

  async function begin(settings: Partial<NetworkSettings>): Promise<void> {
    monitor = createMonitor({
      definition: {
        name: 'network-verifier', description: '', specs: [inScope('host', networkTargetUnreachable)], settings: networkSettings,
        checks: networkChecks({ ...localSources(), connectTcp, nowMs: clock.monotonicMs }, 'host').filter(({ condition }) => condition === 'NetworkTargetUnreachable'),
      },
      version: '', root: '/', configured: { ...defaultsOf(networkSettings), ...settings }, clock, random: () => 0.5, log: silentLogger, bootId: 'x',
    });
    void monitor.start();
    await clock.advance(5_000);
  }
  beforeEach(() => {
    down.clear();
    clock = fakeClock();
  });
  afterEach(() => monitor.close());

  const told = (): readonly unknown[] => monitor.conditions().map(({ status, reason, message }) => [status, reason, message]);
  const passing = (minutes: number): Promise<void> => clock.advance(minutes * 60_000);

  it('judges nothing unless something is declared, and says so', async () => {
    await begin({});
    assert.deepEqual(told(), [['False', 'NoNetworkTargets', 'default route (switched off); targets (none configured); peers (none configured)']]);
  });

  it('is False once all are reached', async () => {
    await begin({ targets: TARGETS });
    assert.deepEqual(told(), [['False', 'NetworkTargetsAreReachable', "all targets can be reached (from the host's network); not judged: default route (switched off); peers (none configured)"]]);
  });

  it('of a node that starts is not False before it was', async () => {
    down.add('192.0.2.1');
    await begin({ targets: TARGETS });
    assert.deepEqual(told(), [['Unknown', 'NetworkTargetsUnknown', `not verified yet: ${REFUSED.split(', but')[0]}`]]);
    down.clear();
    await clock.advance(10_000);
    assert.deepInclude(monitor.conditions()[0], { status: 'False' });
  });

  it('is not raised by one connection that fails', async () => {
    await begin({ targets: TARGETS });
    await passing(2);
    down.add('192.0.2.1');
    const failed = monitor.looks().get('targets');
    while (monitor.looks().get('targets') === failed) await clock.advance(1_000);
    down.clear();
    for (let minute = 0; minute < 5; minute++) {
      await passing(1);
      assert.deepInclude(monitor.conditions()[0], { status: 'False' });
    }
  });

  it('is raised by one that lasts for three minutes, says who is the likelier culprit, and clears', async () => {
    await begin({ targets: TARGETS });
    down.add('192.0.2.1');
    await passing(3);
    assert.deepInclude(monitor.conditions()[0], { status: 'False' });
    await passing(2);
    assert.deepEqual(told(), [['True', 'TCPConnectFailed', `${REFUSED}. ${ADVICE}`]]);
    down.add('192.0.2.2');
    await clock.advance(90_000);
    assert.deepEqual(told(), [['True', 'TCPConnectFailed', `${REFUSED}. ${ADVICE}`]]);
    down.clear();
    await passing(3);
    assert.deepInclude(monitor.conditions()[0], { status: 'False', reason: 'NetworkTargetsAreReachable' });
  });

  it('with a quorum stays False while enough are reached, for as long as it lasts', async () => {
    down.add('192.0.2.1');
    await begin({ targets: [...TARGETS, '192.0.2.3:1'], targetQuorum: '2 of 3' });
    await passing(10);
    assert.deepInclude(monitor.conditions()[0], { status: 'False', reason: 'NetworkTargetsAreReachable' });
    down.add('192.0.2.2');
    await passing(5);
    assert.deepInclude(monitor.conditions()[0], { status: 'True', reason: 'QuorumLost' });
  });
});
