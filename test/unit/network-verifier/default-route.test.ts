import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { defaultRoute } from '../../../plugins/network-verifier/checks/default-route.ts';
import type { Scope } from '../../../plugins/network-verifier/scope.ts';
import { type NetworkSettings, networkSettings } from '../../../plugins/network-verifier/settings.ts';
import { anyText } from '../../support/arbitraries.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const HEADER = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n';
const ZEROS = '0'.repeat(32);

const route = (name: string, metric = 0, flags = '0003'): string => `${name}\t00000000\t010200C0\t${flags}\t0\t0\t${metric}\t00000000\t0\t0\t0                                                                               \n`;
const route6 = (name: string, metric = '00000400'): string => `${ZEROS} 00 ${ZEROS} 00 fd000000000000000000000000000001 ${metric} 00000003 00000000 00000003     ${name}\n`;
const NEAR = 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0                                                                               \n';

const ON = { defaultRoute: 'on', minMtu: 1500 } as const;
const THIS_NODE = 'so it is this node, whatever else can be reached';
const MISSING: Verdict = { kind: 'problem', reason: 'DefaultRouteMissing', subject: 'default route', message: "default route: none of IPv4 or IPv6 (from the host's network)", outlook: THIS_NODE };
const small = (name: string): Verdict => ({ kind: 'problem', reason: 'MTUTooSmall', subject: `MTU of ${name}`, message: `MTU of ${name}: below 1500 bytes (from the host's network)`, outlook: THIS_NODE });
const healthy: Verdict = { kind: 'healthy' };

describe('the default route', () => {
  let host: HostTree;
  beforeEach(() => {
    host = hostTree();
    host.write('proc/1/net/route', HEADER + NEAR + route('eth0'));
    host.remove('proc/1/net/ipv6_route');
    host.write('sys/class/net/eth0/mtu', '1500\n');
  });
  afterEach(() => host[Symbol.dispose]());

  async function look(settings: Partial<NetworkSettings> = ON, scope: Scope = 'host'): Promise<Look> {
    return await runCheck(defaultRoute({ scope }), { root: host.root, settings: { ...defaultsOf(networkSettings), ...settings }, memo: undefined, signal: new AbortController().signal, log: silentLogger });
  }

  it('is not looked for unless it is set', async () => {
    host.remove('proc/1/net/route');
    assert.deepEqual(await look({}), { verdicts: [{ kind: 'not-applicable', message: 'default route (switched off)' }] });
  });

  it('is there, and its interface takes packets of the usual size', async () => {
    assert.deepEqual(await look(), {
      verdicts: [healthy, healthy],
      readings: [
        { name: 'default_route', subject: '0.0.0.0/0', value: 'eth0 via 192.0.2.1', unit: '', source: '/proc/net/route, /proc/net/ipv6_route' },
        { name: 'interface_mtu', subject: 'eth0', value: 1500, unit: 'bytes', source: '/sys/class/net/eth0/mtu' },
      ],
    });
  });

  it('is judged without an MTU, and an MTU without it', async () => {
    assert.deepEqual((await look({ defaultRoute: 'on' })).verdicts, [healthy, { kind: 'not-applicable', message: 'MTU (minMtu is not set)' }]);
    assert.deepInclude((await look({ minMtu: 9001 })).verdicts[1], { reason: 'MTUTooSmall', message: "MTU of eth0: below 9001 bytes (from the host's network)" });
    host.write('proc/1/net/route', HEADER + NEAR);
    assert.deepEqual((await look({ minMtu: 9001 })).verdicts, [{ kind: 'not-applicable', message: 'default route (switched off)' }, { kind: 'not-applicable', message: 'MTU (no default route)' }]);
  });

  it('is missing where none is usable, and soon looked for again', async () => {
    host.write('proc/1/net/route', HEADER + NEAR + route('eth0', 0, '0002'));
    assert.deepEqual(await look(), { verdicts: [MISSING, { kind: 'not-applicable', message: 'MTU (no default route)' }], readings: [], againInMs: 5_000 });
  });

  it('may be of IPv6 alone', async () => {
    host.write('proc/1/net/route', HEADER);
    host.write('proc/1/net/ipv6_route', route6('eth0'));
    assert.deepEqual((await look()).verdicts, [healthy, healthy]);
  });

  it('of several is that of the lowest metric, of each family; and several of it', async () => {
    for (const [name, mtu] of [['eth1', 1400], ['eth2', 1500], ['wg0', 1420], ['eth3', 1300]] as const) host.write(`sys/class/net/${name}/mtu`, `${mtu}\n`);
    host.write('proc/1/net/route', HEADER + route('eth0', 100) + route('eth1', 200) + route('eth2', 100));
    assert.deepEqual((await look()).verdicts, [healthy, healthy, healthy]);
    host.write('proc/1/net/ipv6_route', route6('wg0') + route6('eth3', '00000800'));
    assert.deepEqual((await look()).verdicts, [healthy, healthy, healthy, small('wg0')]);
  });

  it('is unknown where its table cannot be read or understood, and so is one MTU, never healthy', async () => {
    host.remove('sys/class/net/eth0/mtu');
    const [, absent] = (await look()).verdicts;
    assert.deepInclude(absent, { kind: 'unknown', subject: 'MTU of eth0', message: `MTU of eth0: /sys/class/net/eth0/mtu (as ${host.root}/sys/class/net/eth0/mtu): no such file or directory` });
    host.write('sys/class/net/eth0/mtu', 'big\n');
    assert.deepInclude((await look()).verdicts[1], { kind: 'unknown', message: 'MTU of eth0: /sys/class/net/eth0/mtu: expected a whole number, got "big"' });
    host.remove('proc/1/net/route');
    const [verdict] = (await look()).verdicts;
    assert.deepInclude(verdict, { kind: 'unknown', message: `/proc/1/net/route (as ${host.root}/proc/1/net/route): no such file or directory` });
  });

  it('of a Pod is that of its own processes', async () => {
    host.write('proc/self/net/route', HEADER + NEAR);
    const { verdicts } = await look({ defaultRoute: 'on' }, 'pod');
    assert.deepInclude(verdicts[0], { reason: 'DefaultRouteMissing', message: 'default route: none of IPv4 or IPv6 (from the Pod network)' });
    assert.strictEqual(defaultRoute({ scope: 'pod' }).condition, 'PodNetworkTargetUnreachable');
  });

  it('of garbage is never healthy', async () => {
    await fc.assert(fc.asyncProperty(anyText, anyText, async (table, mtu) => {
      host.write('proc/1/net/route', table);
      for (const verdict of (await look()).verdicts) assert.notStrictEqual(verdict.kind, 'healthy');
      host.write('proc/1/net/route', HEADER + route('eth0'));
      host.write('sys/class/net/eth0/mtu', /^\d+\n$/.test(mtu) ? 'x' : mtu);
      assert.strictEqual((await look()).verdicts[1]?.kind, 'unknown');
    }), { numRuns: 50 });
  });
});
