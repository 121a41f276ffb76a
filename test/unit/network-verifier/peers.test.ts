import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Check } from '../../../plugins/core/check.ts';
import type { Outcome } from '../../../plugins/network-verifier/attempt.ts';
import { peers } from '../../../plugins/network-verifier/checks/peers.ts';
import type { NetworkSettings } from '../../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../../plugins/network-verifier/sources.ts';
import { createSurroundings } from '../../../plugins/network-verifier/surroundings.ts';
import { judgePeers, ownAddresses, peersAmong, sampleOf } from '../../../plugins/network-verifier/targets/peers.ts';
import { type DnsServer, dnsServer } from '../../support/dns-server.ts';
import { type FaultServer, startFaultServer } from '../../support/fault-server.ts';
import { localSources, lookOnce, toldBy } from '../../support/network-look.ts';

const SERVICE = 'peers.monitoring.svc.cluster.local';
const SICK = 'and they are on several nodes: likelier this node than they';

const ok: Outcome<undefined> = { kind: 'ok', tookMs: 1, value: undefined };
const refused: Outcome<undefined> = { kind: 'failed', fault: 'refused', message: 'connection refused', tookMs: 1 };
const local = (message: string): Outcome<undefined> => ({ kind: 'local', message });

describe('verifiers of other nodes', () => {
  it('are all that the name leads to but our own addresses, in any notation', () => {
    assert.deepEqual(peersAmong(['10.0.0.1', '10.0.0.2', '10.0.0.1', '0.0.0.0'], ['127.0.0.1', '10.0.0.2', '::1', 'fe80::1%eth0']), ['10.0.0.1']);
    assert.deepEqual(peersAmong(['fd00::1', 'fd00:0:0::2', '::'], ['::1', 'fd00::2']), ['fd00::1']);
    assert.deepEqual(peersAmong([], ['127.0.0.1']), []);
  });

  it('with addresses of both families count once', () => {
    assert.deepEqual(peersAmong(['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'], ['10.0.0.2']), ['10.0.0.1']);
  });

  it('are not this machine', () => {
    assert.include(ownAddresses(), '127.0.0.1');
    assert.deepEqual(peersAmong(ownAddresses(), ownAddresses()), []);
  });

  it('are chosen by chance, each once', () => {
    const anyRandom = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(fc.property(fc.uniqueArray(fc.nat(), { maxLength: 30 }), fc.integer({ min: 1, max: 16 }), anyRandom, (all, count, numbers) => {
      const left = [...numbers];
      const chosen = sampleOf(all, count, () => left.pop() ?? 0);
      assert.lengthOf(chosen, Math.min(count, all.length));
      assert.strictEqual(new Set(chosen).size, chosen.length);
      assert.includeMembers([...all], [...chosen]);
    }));
    const draw = [0.99, 0, 0.5];
    assert.deepEqual(sampleOf(['a', 'b', 'c', 'd'], 3, () => draw.shift() ?? 0), ['d', 'a', 'c']);
  });

  const where = `${SERVICE}, port 20282, from the Pod network`;
  const judge = (outcomes: readonly Outcome<unknown>[]): readonly string[] => toldBy({ verdicts: [judgePeers(outcomes, SERVICE, 20_282, 'pod')] });

  it('are well as long as half of those that were tried can be reached', () => {
    assert.deepEqual([[ok, ok, ok], [ok, ok, refused], [ok, refused], [ok, ok, local('x')]].flatMap(judge), ['healthy', 'healthy', 'healthy', 'healthy']);
  });

  it('cannot be reached from here where fewer can, whichever they were', () => {
    const told = `PeersUnreachable: peers: fewer than half of those that were tried can be reached (${where}), ${SICK}`;
    assert.deepEqual([[ok, refused, refused], [refused, refused, refused], [refused, refused, local('x')]].flatMap(judge), [told, told, told]);
  });

  it('are unknown where those that could not be tried decide', () => {
    const told = `unknown: peers: could not be tried: this (${where})`;
    assert.deepEqual([[ok, refused, local('this')], [local('this'), local('too'), local('zoo')]].flatMap(judge), [told, told]);
    assert.deepEqual(judge([]), [`unknown: peers: could not be tried: nobody was (${where})`]);
  });
});

describe('a look at verifiers of other nodes', () => {
  const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
  let servers: readonly FaultServer[];
  let names: DnsServer;
  let settings: Partial<NetworkSettings>;

  beforeEach(async () => {
    const [address = '', ...others] = addresses;
    const first = await startFaultServer({ address });
    servers = [first, ...await Promise.all(others.map(async (other) => await startFaultServer({ address: other, port: first.port })))];
    names = await dnsServer({ records: { [SERVICE]: ['127.0.0.1', ...addresses] } });
    settings = { checkTimeout: 400, peers: SERVICE, peerPort: first.port, nameServers: [`127.0.0.1:${names.port}`] };
  });
  afterEach(async () => {
    await Promise.all([names, ...servers].map(async (server) => await server[Symbol.asyncDispose]()));
  });

  function made(change: Partial<NetworkSources> = {}): Check<NetworkSettings> {
    const sources = { ...localSources(), ...change };
    return peers({ sources, scope: 'pod', surroundings: createSurroundings(sources.nowMs) }, () => ['127.0.0.1']);
  }

  it('is not taken unless they are named', async () => {
    assert.deepEqual(toldBy(await lookOnce(made(), { ...settings, peers: '' })), ['not-applicable: peers (none configured)']);
    assert.deepEqual(names.asked(), []);
  });

  it('tries some of them, and never itself', async () => {
    const look = await lookOnce(made(), { ...settings, peerSample: 3 });
    assert.deepEqual(toldBy(look), ['healthy']);
    assert.deepEqual(look.readings, [
      { name: 'peers_found', value: 4, unit: 'count', source: `DNS: ${SERVICE}` },
      { name: 'peers_tried', value: 3, unit: 'count', source: 'TCP connection' },
      { name: 'peers_reached', value: 3, unit: 'count', source: 'TCP connection' },
    ]);
    assert.strictEqual(servers.reduce((sum, server) => sum + server.connectionCount(), 0), 3);
    assert.deepInclude(look.metrics?.[0], { name: 'npd_plugins_network_attempts_total', labels: { check: 'peers', target_class: 'peer' }, value: 3 });
  });

  it('finds that most of them cannot be reached, and that they can again', async () => {
    const check = made();
    const all = { ...settings, peerSample: 4 };
    const told = [`PeersUnreachable: peers: fewer than half of those that were tried can be reached (${SERVICE}, port ${settings.peerPort}, from the Pod network), ${SICK}`];
    await servers[0]?.behave({ deed: 'refuse' });
    await servers[1]?.behave({ deed: 'reset-on-accept' });
    assert.deepEqual(toldBy(await lookOnce(check, all)), ['healthy']);
    await servers[2]?.behave({ deed: 'refuse' });
    const look = await lookOnce(check, all);
    assert.deepEqual([toldBy(look), look.againInMs], [told, 5_000]);
    await servers[0]?.behave({});
    assert.deepEqual(toldBy(await lookOnce(check, all)), ['healthy']);
  });

  it('tells nothing of one or two others', async () => {
    await names.behave({ records: { [SERVICE]: ['127.0.0.1', '127.0.0.2', '127.0.0.3'] } });
    const look = await lookOnce(made(), settings);
    assert.deepEqual(toldBy(look), [`not-applicable: peers (fewer than 3 others at ${SERVICE})`]);
    assert.deepEqual(look.readings?.map(({ name, value }) => [name, value]), [['peers_found', 2]]);
  });

  it('tells nothing while nobody is ready, as on the first node', async () => {
    await names.behave({ records: {} });
    assert.deepEqual(toldBy(await lookOnce(made(), settings)), [`not-applicable: peers (name ${SERVICE} not found)`]);
  });

  it('is unknown while the name servers fail, which is told elsewhere', async () => {
    await names.behave({ udp: 'closed' });
    assert.deepEqual(toldBy(await lookOnce(made(), settings)), [`unknown: peers: name ${SERVICE} not resolved (name server 127.0.0.1:${names.port}: connection refused) (from the Pod network)`]);
  });

  it('is unknown where this process cannot try', async () => {
    const check = made({ connectTcp: () => Promise.resolve(local('no file descriptor left')) });
    assert.deepEqual(toldBy(await lookOnce(check, settings)), [`unknown: peers: could not be tried: no file descriptor left (${SERVICE}, port ${settings.peerPort}, from the Pod network)`]);
  });
});
