import { assert } from 'chai';
import type { Check } from '../../../plugins/core/check.ts';
import { targets } from '../../../plugins/network-verifier/checks/targets.ts';
import type { Scope } from '../../../plugins/network-verifier/scope.ts';
import type { NetworkSettings } from '../../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../../plugins/network-verifier/sources.ts';
import { type Surroundings, createSurroundings } from '../../../plugins/network-verifier/surroundings.ts';
import { dnsServer } from '../../support/dns-server.ts';
import { type Behaviour, startFaultServer } from '../../support/fault-server.ts';
import { startFullListener } from '../../support/full-listener.ts';
import { localSources, lookOnce, toldBy } from '../../support/network-look.ts';

const QUICK = { checkTimeout: 400 } as const;
const ALONE = 'nothing else was tried yet, so node and target cannot be told apart';
const ANSWERS = 'but it answers: likelier this target than this node';

interface Made {
  readonly check: Check<NetworkSettings>;
  readonly surroundings: Surroundings;
}

function made(change: Partial<NetworkSources> = {}, scope: Scope = 'host'): Made {
  const sources = { ...localSources(), ...change };
  const surroundings = createSurroundings(sources.nowMs);
  return { check: targets({ sources, scope, surroundings }), surroundings };
}

describe('a TCP target', () => {
  it('is reached where somebody listens and keeps the connection', async () => {
    await using server = await startFaultServer();
    const look = await lookOnce(made().check, { targets: [`127.0.0.1:${server.port}`] });
    assert.deepEqual(look.verdicts, [{ kind: 'healthy' }]);
    assert.isUndefined(look.againInMs);
    assert.deepEqual(look.readings?.map(({ name, subject, value, unit }) => [name, subject, name === 'target_state' ? value : Number(value) < 0.4, unit]), [
      ['target_state', `tcp://127.0.0.1:${server.port}`, 'reached', ''],
      ['target_latency', `tcp://127.0.0.1:${server.port}`, true, 'seconds'],
    ]);
    assert.deepInclude(look.metrics?.[0], { name: 'npd_plugins_network_attempts_total', labels: { check: 'targets', target_class: 'tcp' }, value: 1 });
  });

  const faults: readonly (readonly [behaviour: Behaviour, told: string])[] = [
    [{ deed: 'refuse' }, 'TCPConnectFailed: connection refused'],
    [{ deed: 'reset-on-accept' }, 'TCPConnectionReset: connection cut off at once'],
    [{ deed: 'close-on-accept' }, 'TCPConnectionReset: connection cut off at once'],
    // Silence is how most protocols begin.
    [{ deed: 'silent' }, 'healthy'],
    [{ deed: 'plain-text' }, 'healthy'],
  ];
  for (const [behaviour, told] of faults) {
    it(`whose server does ${behaviour.deed} is ${told}, and recovers`, async () => {
      await using server = await startFaultServer();
      const { check } = made();
      const text = `tcp://127.0.0.1:${server.port}`;
      await server.behave(behaviour);
      const [reason = '', what] = told.split(': ');
      const look = await lookOnce(check, { ...QUICK, targets: [text] });
      assert.deepEqual(toldBy(look), what === undefined ? [reason] : [`${reason}: ${text}: ${what} (from the host's network), ${ALONE}`]);
      assert.strictEqual(look.againInMs, what === undefined ? undefined : 5_000);
      await server.behave({});
      assert.deepEqual(toldBy(await lookOnce(check, { ...QUICK, targets: [text] })), ['healthy']);
    });
  }

  it('of an attempt that this process cannot make is unknown', async () => {
    const { check } = made({ connectTcp: () => Promise.resolve({ kind: 'local', message: 'this process has no file descriptor left (EMFILE)' }) });
    assert.deepEqual(toldBy(await lookOnce(check, { targets: ['127.0.0.1:1'] })), ["unknown: tcp://127.0.0.1:1: this process has no file descriptor left (EMFILE) (from the host's network)"]);
  });
});

describe('a target of any kind', () => {
  it('from which nothing comes is given up after checkTimeout', async () => {
    await using listener = await startFullListener();
    const list = [`tcp://127.0.0.1:${listener.port}`, `http://127.0.0.1:${listener.port}/`];
    const told = toldBy(await lookOnce(made().check, { ...QUICK, targets: list }));
    const nothing = 'and nothing else can be reached: likelier this node than what it asks';
    assert.deepEqual(told, list.map((text) => `TCPConnectTimeout: ${text}: no connection within 0.4 s (from the host's network), ${nothing}`));
  });
});

describe('an HTTP target', () => {
  const faults: readonly (readonly [behaviour: Behaviour, told: string])[] = [
    [{ deed: 'refuse' }, 'TCPConnectFailed: connection refused'],
    [{ deed: 'reset-on-request' }, 'TCPConnectionReset: connection cut off before an answer'],
    [{ deed: 'hang' }, 'HTTPTimeout: a connection and no answer within 0.4 s'],
    [{ deed: 'hang-in-body' }, 'HTTPTimeout: half an answer, and no more of it within 0.4 s'],
    [{ deed: 'half-body' }, 'HTTPCheckFailed: half an HTTP answer'],
    [{ deed: 'garbage' }, 'HTTPCheckFailed: no HTTP/1.1 answer'],
    [{ identity: 'stranger' }, 'TargetTLSFailed: its certificate is not signed by the CA that is trusted'],
    [{ identity: 'expired' }, 'TargetTLSFailed: its certificate has expired'],
    [{ identity: 'not-yet' }, 'TargetTLSFailed: its certificate is not valid yet'],
    [{ identity: 'wrong-name' }, 'TargetTLSFailed: its certificate is of another name'],
  ];
  for (const [behaviour, told] of faults) {
    it(`whose server does ${behaviour.deed ?? `show a certificate that is ${behaviour.identity}`} is ${told}, and recovers`, async () => {
      await using server = await startFaultServer({ isTls: true });
      const { check } = made();
      const url = `${server.url}/ready`;
      await server.behave(behaviour);
      const [reason, what] = told.split(': ');
      const look = await lookOnce(check, { ...QUICK, targets: [url] });
      assert.deepEqual(toldBy(look), [`${reason}: ${url}: ${what} (from the host's network), ${ALONE}`]);
      await server.behave({});
      assert.deepEqual(toldBy(await lookOnce(check, { ...QUICK, targets: [url] })), ['healthy']);
      assert.strictEqual(server.requests.at(-1)?.path, '/ready');
    });
  }

  for (const status of [200, 204, 301, 399]) {
    it(`is well with status ${status}, and no redirection is followed`, async () => {
      await using server = await startFaultServer({ respond: () => ({ status, headers: { Location: 'http://192.0.2.1/' } }) });
      assert.deepEqual(toldBy(await lookOnce(made().check, { targets: [server.url] })), ['healthy']);
      assert.lengthOf(server.requests, 1);
    });
  }

  for (const [status, fault] of [[400, 'unexpected-status'], [401, 'unauthorized'], [404, 'unexpected-status'], [429, 'throttled'], [503, 'server-error']] as const) {
    it(`is not with status ${status}, which counts as ${fault}, though it is reached`, async () => {
      await using server = await startFaultServer({ behaviour: { status } });
      const { check, surroundings } = made();
      const look = await lookOnce(check, { targets: [server.url] });
      assert.deepEqual(toldBy(look), [`HTTPCheckFailed: ${server.url}: status ${status} (from the host's network), ${ANSWERS}`]);
      assert.deepInclude(look.metrics?.[1], { name: 'npd_plugins_network_failures_total', labels: { check: 'targets', target_class: 'http', reason: fault }, value: 1 });
      assert.deepInclude(look.readings?.[0], { name: 'target_state', value: fault });
      assert.strictEqual(surroundings.outlook('target', 'another'), 'but the other target can be reached: likelier this target than this node');
    });
  }
});

describe('the name of a target', () => {
  const NAME = 'db.example';

  it('leads to its addresses, of which one that listens is enough', async () => {
    await using server = await startFaultServer();
    await using names = await dnsServer({ records: { [NAME]: ['127.0.0.2', '127.0.0.1'] } });
    const settings = { ...QUICK, nameServers: [`127.0.0.1:${names.port}`], targets: [`${NAME}:${server.port}`, `http://${NAME}:${server.port}/`] };
    assert.deepEqual(toldBy(await lookOnce(made().check, settings)), ['healthy', 'healthy']);
    assert.strictEqual(server.requests[0]?.headers['host'], `${NAME}:${server.port}`);
    assert.sameMembers([...names.asked()], [`UDP A ${NAME}.`, `UDP AAAA ${NAME}.`]);
  });

  it('that is not known is told', async () => {
    await using names = await dnsServer({ udp: 'NXDOMAIN' });
    const look = await lookOnce(made().check, { ...QUICK, nameServers: [`127.0.0.1:${names.port}`], targets: [`${NAME}:1`] });
    assert.deepEqual(toldBy(look), [`TargetNotResolved: tcp://${NAME}:1: name ${NAME} not found (from the host's network), ${ALONE}`]);
    assert.deepInclude(look.metrics?.[1], { labels: { check: 'targets', target_class: 'tcp', reason: 'not-resolved' }, value: 1 });
  });

  it('that leads to nobody would be this machine, and is told', async () => {
    await using names = await dnsServer({ records: { [NAME]: ['0.0.0.0', '::'] } });
    const look = await lookOnce(made().check, { ...QUICK, nameServers: [`127.0.0.1:${names.port}`], targets: [`${NAME}:1`] });
    assert.deepEqual(toldBy(look), [`TargetNotResolved: tcp://${NAME}:1: name ${NAME} has no address that anybody can have (from the host's network), ${ALONE}`]);
  });

  it('that the DNS check asks for, too, is left to it while it is not known', async () => {
    await using names = await dnsServer({ udp: 'NXDOMAIN' });
    const settings = { ...QUICK, nameServers: [`127.0.0.1:${names.port}`], targets: [`${NAME}.:1`], dnsNames: ['DB.example=192.0.2.1'] };
    assert.deepEqual(toldBy(await lookOnce(made({}, 'pod').check, settings)), [`unknown: tcp://${NAME}.:1: name ${NAME}. not resolved (see PodClusterDNSUnavailable) (from the Pod network)`]);
    const [told] = toldBy(await lookOnce(made().check, { ...settings, dns: 'off' }));
    assert.strictEqual(told, `TargetNotResolved: tcp://${NAME}.:1: name ${NAME}. not found (from the host's network), ${ALONE}`);
  });

  it('that is not known is left to the DNS check while that finds a name server which does not know what it must', async () => {
    await using names = await dnsServer({ udp: 'NXDOMAIN' });
    const { check, surroundings } = made();
    const settings = { ...QUICK, nameServers: [`127.0.0.1:${names.port}`], targets: [`${NAME}:1`] };
    surroundings.doubtfulServers.add('10.96.0.10:53');
    assert.deepEqual(toldBy(await lookOnce(check, settings)), [`unknown: tcp://${NAME}:1: name ${NAME} not resolved (see ClusterDNSUnavailable) (from the host's network)`]);
    surroundings.doubtfulServers.clear();
    assert.match(toldBy(await lookOnce(check, settings))[0] ?? '', /^TargetNotResolved: /);
  });

  it('is left to the DNS check while that finds a name server that fails, and only then', async () => {
    await using names = await dnsServer({ udp: 'SERVFAIL' });
    const { check, surroundings } = made();
    const server = `127.0.0.1:${names.port}`;
    const settings = { ...QUICK, nameServers: [server], targets: [`${NAME}:1`] };
    const left = [`unknown: tcp://${NAME}:1: name ${NAME} not resolved (see ClusterDNSUnavailable) (from the host's network)`];
    assert.deepEqual(toldBy(await lookOnce(check, settings)), left, 'its first look has not ended');
    surroundings.note('name server', server, true);
    assert.match(toldBy(await lookOnce(check, settings))[0] ?? '', new RegExp(`^TargetNotResolved: tcp://${NAME}:1: name ${NAME} not resolved \\(name server ${server}: .*SERVFAIL`));
    surroundings.note('name server', server, false);
    assert.deepEqual(toldBy(await lookOnce(check, settings)), left);
    const [told] = toldBy(await lookOnce(check, { ...settings, dns: 'off' }));
    assert.match(told ?? '', /^TargetNotResolved: /);
  });
});

describe('targets', () => {
  it('that nobody has declared are not judged', async () => {
    assert.deepEqual(await lookOnce(made().check), { verdicts: [{ kind: 'not-applicable', message: 'targets (none configured)' }] });
  });

  it('are unknown with a quorum that does not fit them, which is named', async () => {
    assert.deepEqual(toldBy(await lookOnce(made().check, { targets: ['127.0.0.1:1'], targetQuorum: '2 of 3' })), ['unknown: targetQuorum: "2 of 3" does not fit: 1 target is set in targets']);
    assert.deepEqual(toldBy(await lookOnce(made().check, { targetQuorum: '2' })), ['unknown: targetQuorum: "2" can never be reached: no targets are set in targets']);
    assert.match(toldBy(await lookOnce(made().check, { targets: ['junk'] }))[0] ?? '', /^unknown: targets\[0\]: expected HOST:PORT, .*, got "junk"$/);
  });

  it('are tried at once, and each is seen beside the others', async () => {
    await using well = await startFaultServer();
    await using sick = await startFaultServer({ behaviour: { deed: 'refuse' } });
    await using slow = await startFaultServer({ behaviour: { deed: 'hang' } });
    const list = [`tcp://127.0.0.1:${well.port}`, `tcp://127.0.0.1:${sick.port}`, slow.url];
    const { check, surroundings } = made();
    assert.deepEqual(toldBy(await lookOnce(check, { ...QUICK, targets: list })), [
      'healthy',
      `TCPConnectFailed: tcp://127.0.0.1:${sick.port}: connection refused (from the host's network), but another target can be reached: likelier this target than this node`,
      `HTTPTimeout: ${slow.url}: a connection and no answer within 0.4 s (from the host's network), but another target can be reached: likelier this target than this node`,
    ]);
    assert.isTrue(surroundings.failsElsewhere('service', `127.0.0.1:${sick.port}`));
    assert.isFalse(surroundings.failsElsewhere('service', `127.0.0.1:${well.port}`));
  });

  it('with a quorum raise nothing while enough are reached, then one finding that names those that are not', async () => {
    await using one = await startFaultServer();
    await using other = await startFaultServer();
    await using sick = await startFaultServer({ behaviour: { deed: 'refuse' } });
    const settings = { ...QUICK, targets: [one, other, sick].map(({ port }) => `127.0.0.1:${port}`), targetQuorum: '2 of 3' };
    const { check } = made();
    const look = await lookOnce(check, settings);
    assert.deepEqual([toldBy(look), look.againInMs], [['healthy'], undefined]);
    assert.sameMembers(look.readings?.flatMap(({ name, value }) => (name === 'target_state' ? [value] : [])) ?? [], ['reached', 'reached', 'refused']);
    await other.behave({ deed: 'refuse' });
    const missed = [other, sick].map(({ port }) => `tcp://127.0.0.1:${port} (connection refused)`).toSorted().join(', ');
    assert.deepEqual(toldBy(await lookOnce(check, settings)), [`QuorumLost: targets: fewer than 2 of 3 can be reached from the host's network: ${missed}, but another target can be reached: likelier this target than this node`]);
    await other.behave({});
    assert.deepEqual(toldBy(await lookOnce(check, settings)), ['healthy']);
  });

  it('of a look that is stopped are unknown', async () => {
    await using server = await startFaultServer({ behaviour: { deed: 'hang' } });
    const stop = new AbortController();
    const look = lookOnce(made().check, { targets: [server.url] }, stop.signal);
    stop.abort();
    assert.deepEqual((await look).verdicts.map(({ kind }) => kind), ['unknown']);
  });
});
