import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Look } from '../../../../plugins/core/check.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../../../plugins/core/verdict.ts';
import { faultOf } from '../../../../plugins/network-verifier/api/judge.ts';
import type { Outcome, Reached } from '../../../../plugins/network-verifier/attempt.ts';
import { apiServer } from '../../../../plugins/network-verifier/checks/api-server.ts';
import { apiServerUnreachable } from '../../../../plugins/network-verifier/conditions/api-server-unreachable.ts';
import type { Scope } from '../../../../plugins/network-verifier/scope.ts';
import type { HttpAnswer, NetworkSources } from '../../../../plugins/network-verifier/sources.ts';
import { type Surroundings, createSurroundings } from '../../../../plugins/network-verifier/surroundings.ts';
import { anyText } from '../../../support/arbitraries.ts';
import { dnsServer } from '../../../support/dns-server.ts';
import type { Behaviour } from '../../../support/fault-server.ts';
import { type KubeApi, startKubeApi } from '../../../support/kube-api.ts';
import { type TestSources, bare, lookOnce, testSources } from '../../../support/network-look.ts';
import { clientIdentity, testCa } from '../../../support/tls-certificates.ts';

/** For attempts that end by themselves, and for those that only a deadline ends. */
const [PATIENT_MS, SHORT_MS] = [10_000, 200];
const WITHIN = 'within 0.2 s';

/** What may be wrong with it, and how that is told. */
const FAULTS: readonly (readonly [Behaviour, string, string])[] = [
  [{ deed: 'refuse' }, 'APIServerConnectFailed', 'GET /readyz: connection refused'],
  [{ deed: 'silent' }, 'APIServerTimeout', `GET /readyz: a connection and no TLS handshake ${WITHIN}`],
  [{ deed: 'hang' }, 'APIServerTimeout', `GET /readyz: a connection and no answer ${WITHIN}`],
  [{ deed: 'hang-in-body' }, 'APIServerTimeout', `GET /readyz: half an answer, and no more of it ${WITHIN}`],
  [{ deed: 'reset-on-accept' }, 'APIServerConnectionReset', 'GET /readyz: connection cut off during the TLS handshake'],
  [{ deed: 'reset-on-request' }, 'APIServerConnectionReset', 'GET /readyz: connection cut off before an answer'],
  [{ deed: 'half-body' }, 'APIServerBadAnswer', 'GET /readyz: half an HTTP answer'],
  [{ deed: 'garbage' }, 'APIServerBadAnswer', 'GET /readyz: no HTTP/1.1 answer'],
  [{ deed: 'too-long' }, 'APIServerBadAnswer', 'GET /readyz: an HTTP answer of more than 256 KiB'],
  [{ deed: 'plain-text' }, 'APIServerTLSFailed', 'GET /readyz: no TLS session (ERR_SSL_WRONG_VERSION_NUMBER)'],
  [{ identity: 'stranger' }, 'APIServerCertificateUntrusted', 'GET /readyz: its certificate is not signed by the CA that is trusted'],
  [{ identity: 'expired' }, 'APIServerCertificateExpired', 'GET /readyz: its certificate has expired'],
  [{ identity: 'not-yet' }, 'APIServerCertificateExpired', 'GET /readyz: its certificate is not valid yet'],
  [{ identity: 'wrong-name' }, 'APIServerCertificateNameMismatch', 'GET /readyz: its certificate is of another name'],
  [{ status: 401 }, 'APIServerUnauthorized', 'GET /readyz: status 401'],
  [{ status: 403 }, 'APIServerForbidden', 'GET /api: status 403'],
  [{ status: 429 }, 'APIServerThrottled', 'GET /readyz: status 429'],
  [{ status: 500 }, 'APIServerUnhealthy', 'GET /readyz: status 500'],
  [{ status: 302 }, 'APIServerUnhealthy', 'GET /readyz: status 302'],
];

interface Looker {
  readonly look: (checkTimeout?: number) => Promise<readonly Verdict[]>;
  readonly whole: (signal?: AbortSignal) => Promise<Look>;
  readonly surroundings: Surroundings;
}

/** One check over these sources, which looks as often as it is told. */
function lookerOver(sources: NetworkSources, scope: Scope = 'pod'): Looker {
  const surroundings = createSurroundings(sources.nowMs);
  const check = apiServer({ sources, scope, surroundings });
  return {
    surroundings,
    look: async (checkTimeout = PATIENT_MS) => bare((await lookOnce(check, { checkTimeout })).verdicts),
    whole: (signal) => lookOnce(check, { checkTimeout: PATIENT_MS }, signal),
  };
}

describe('API server check', () => {
  let api: KubeApi;
  beforeEach(async () => (api = await startKubeApi()));
  afterEach(async () => await api[Symbol.asyncDispose]());

  function told(reason: string, what: string): Verdict {
    return problem(reason, 'API server', `API server ${api.server.url} from the Pod network: ${what}`);
  }

  it('asks over one connection, for /api every fifth time', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const { look } = lookerOver(world.sources);
    for (let count = 0; count < 7; count++) assert.deepEqual(await look(), [healthy]);
    const [five, two] = [Array<string>(4).fill('/readyz'), ['/readyz']];
    assert.deepEqual(api.asked(), ['/readyz', '/api', ...five, '/readyz', '/api', ...two]);
    assert.equal(api.server.connectionCount(), 1);
  });

  it('each reason of its condition has a fault that it stands for', () => {
    assert.sameMembers([...new Set(FAULTS.map(([, reason]) => reason))], apiServerUnreachable.reasons.map(({ reason }) => reason));
  });

  for (const [behaviour, reason, what] of FAULTS) {
    it(`${JSON.stringify(behaviour)} is ${reason}, each time in the same words, and over once it is`, async () => {
      using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
      const { look } = lookerOver(world.sources);
      assert.deepEqual(await look(), [healthy]);
      await api.server.behave(behaviour);
      for (let count = 0; count < 2; count++) assert.deepEqual(await look(what.endsWith(WITHIN) ? SHORT_MS : PATIENT_MS), [told(reason, what)]);
      await api.server.behave({});
      assert.deepEqual(await look(), [healthy]);
    });
  }

  it('is not ready as long as it does not say so', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const { look } = lookerOver(world.sources);
    api.set({ readyz: { status: 500, body: '[-]etcd failed: reason withheld\n' } });
    assert.deepEqual(await look(), [told('APIServerUnhealthy', 'GET /readyz: status 500')]);
    api.set({ readyz: { status: 200, body: '<html>sign in to the hotel</html>' } });
    assert.deepEqual(await look(), [told('APIServerUnhealthy', 'GET /readyz: another answer than ok')]);
  });

  it('a token that rotates is taken up with the next look, and one that is not accepted is told until it is', async () => {
    let token = 'first-token';
    using world = testSources({ cluster: () => ({ kind: 'ok', access: { ...api.access(), token } }) });
    const { look } = lookerOver(world.sources);
    assert.deepEqual(await look(), [healthy]);
    api.set({ token: 'second-token' });
    assert.deepEqual(await look(), [told('APIServerUnauthorized', 'GET /readyz: status 401')]);
    assert.deepEqual(await look(), [told('APIServerUnauthorized', 'GET /readyz: status 401')]);
    token = 'second-token';
    assert.deepEqual(await look(), [healthy]);
    assert.deepEqual(api.asked(), ['/readyz', '/api', '/readyz', '/readyz', '/readyz', '/api']);
  });

  it('a token that counts for nobody is told by every look', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: { url: api.server.url, ca: testCa } }) });
    const { look } = lookerOver(world.sources);
    for (let count = 0; count < 2; count++) assert.deepEqual(await look(), [told('APIServerForbidden', 'GET /api: status 403')]);
  });

  it('without the right to read /readyz, /api tells whether it serves us', async () => {
    api.set({ forbidden: ['/readyz'] });
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const { look } = lookerOver(world.sources);
    const without = notApplicable('/readyz of the API server (needs the right to get it, as the ClusterRole system:public-info-viewer gives)');
    for (let count = 0; count < 2; count++) assert.deepEqual(await look(), [healthy, without]);
  });

  it('a client certificate signs in as well', async () => {
    const access = { url: api.server.url, ca: testCa, certificate: clientIdentity.cert, key: clientIdentity.key };
    using world = testSources({ cluster: async () => ({ kind: 'ok', access }) });
    await lookerOver(world.sources).look();
    assert.deepEqual(api.server.requests.map(({ clientName }) => clientName), ['npd-plugins-test-client', 'npd-plugins-test-client']);
  });

  it('without a cluster it is not judged, with one that cannot be read it is unknown', async () => {
    using world = testSources();
    assert.deepEqual(await lookerOver(world.sources).look(), [notApplicable('API server (no cluster here)')]);
    const failed = lookerOver({ ...world.sources, cluster: () => ({ kind: 'failed', message: '/token: no such file or directory: mount it' }) });
    assert.deepEqual(await failed.look(), [{ kind: 'unknown', message: 'API server: /token: no such file or directory: mount it' }]);
  });

  it('switched off it asks for nothing', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const check = apiServer({ sources: world.sources, scope: 'pod', surroundings: createSurroundings(world.sources.nowMs) });
    assert.deepEqual((await lookOnce(check, { apiServer: 'off' })).verdicts, [{ ...notApplicable('API server (switched off)'), reason: 'APIServerNotJudged' }]);
    assert.deepEqual(api.asked(), []);
  });

  it('tells how soon it answered, counts what it asked, and looks again sooner while not all is well', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const { whole } = lookerOver(world.sources);
    const good = await whole();
    assert.deepEqual(good.readings?.map(({ name, subject, unit }) => [name, subject, unit]), [['api_server_address', api.server.url, ''], ['api_server_latency', api.server.url, 'seconds']]);
    assert.notProperty(good, 'againInMs');
    await api.server.behave({ status: 429 });
    const bad = await whole();
    assert.equal(bad.againInMs, 5_000);
    assert.equal((await whole()).againInMs, 10_000);
    const labels = { check: 'api-server', target_class: 'api-server' };
    assert.deepEqual(bad.metrics?.map(({ name, labels: of, value }) => [name, of, value]), [
      ['npd_plugins_network_attempts_total', labels, 3],
      ['npd_plugins_network_failures_total', { ...labels, reason: 'throttled' }, 1],
    ]);
  });

  it('a finding says whether others can be reached, and others hear whether it can: a status shows that', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    const { whole, surroundings } = lookerOver(world.sources);
    surroundings.note('name server', '10.96.0.10:53', true);
    await api.server.behave({ status: 500 });
    const [verdict] = (await whole()).verdicts;
    assert.deepInclude(verdict, { reason: 'APIServerUnhealthy', outlook: 'but a name server can be reached: likelier this API server than this node' });
    const endpoint = api.server.url.replace('https://', '');
    assert.isFalse(surroundings.failsElsewhere('service', endpoint));
    await api.server.behave({ deed: 'refuse' });
    await whole();
    assert.isTrue(surroundings.failsElsewhere('service', endpoint));
  });

  it('a look that is stopped ends, and tells nothing of the API server', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    await api.server.behave({ deed: 'hang' });
    const stop = new AbortController();
    const looking = lookerOver(world.sources).whole(stop.signal);
    await api.server.untilRequested(1);
    stop.abort();
    assert.deepEqual(bare((await looking).verdicts), [{ kind: 'unknown', subject: 'API server', message: `API server ${api.server.url} from the Pod network: GET /readyz: the attempt was stopped before it ended` }]);
    await api.server.untilIdle();
  });

  it('says from where it looked', async () => {
    using world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }) });
    await api.server.behave({ status: 500 });
    assert.deepEqual(await lookerOver(world.sources, 'host').look(), [problem('APIServerUnhealthy', 'API server', `API server ${api.server.url} from the host's network: GET /readyz: status 500`)]);
    const conditions = (['host', 'pod'] as const).map((scope) => apiServer({ sources: world.sources, scope, surroundings: createSurroundings(world.sources.nowMs) }).condition);
    assert.deepEqual(conditions, ['APIServerUnreachable', 'PodAPIServerUnreachable']);
  });

  describe('with a name in place of an address', () => {
    const NAME = 'kubernetes.default.svc';
    let url: string;
    beforeEach(() => (url = `https://${NAME}:${api.server.port}`));

    function named(hosts: string, more: Partial<NetworkSources> = {}): TestSources {
      return testSources({ cluster: () => ({ kind: 'ok', access: { ...api.access(), url } }), readHosts: async () => ({ kind: 'ok', value: hosts }), ...more });
    }

    it('goes where the name leads, and holds its certificate against the name', async () => {
      using world = named(`127.0.0.1 ${NAME}\n`);
      assert.deepEqual(await lookerOver(world.sources).look(), [healthy]);
      await api.server.behave({ identity: 'wrong-name' });
      assert.deepEqual(await lookerOver(world.sources).look(), [problem('APIServerCertificateNameMismatch', 'API server', `API server ${url} from the Pod network: GET /readyz: its certificate is of another name`)]);
    });

    it('tries the next address where nobody answers at the first, and stays there', async () => {
      using world = named(`127.0.0.9 ${NAME}\n127.0.0.1 ${NAME}\n`);
      const { look, whole } = lookerOver(world.sources);
      for (let count = 0; count < 3; count++) assert.deepEqual(await look(), [healthy]);
      assert.equal((await whole()).readings?.[0]?.value, `127.0.0.1:${api.server.port}`);
      assert.equal(api.server.connectionCount(), 1);
      await api.server.behave({ deed: 'refuse' });
      assert.deepEqual(await look(), [problem('APIServerConnectFailed', 'API server', `API server ${url} from the Pod network: GET /readyz: connection refused`)]);
    });

    it('comes to the address of the family that this node has, and tries two at most that do not answer', async () => {
      const tried: string[] = [];
      let answers = (address: string): Outcome<HttpAnswer> => (address === '2001:db8::2' ? { kind: 'ok', tookMs: 1, value: { status: 403, body: '' } } : { kind: 'failed', fault: 'unreachable', message: 'no route to its network', tookMs: 0.1 });
      const getHttp: NetworkSources['getHttp'] = async ({ address = '' }) => {
        tried.push(address);
        return answers(address);
      };
      using world = named(['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'].map((address) => `${address} ${NAME}\n`).join(''), { getHttp });
      await lookerOver(world.sources).look();
      assert.deepEqual(tried, ['192.0.2.1', '2001:db8::1', '192.0.2.2', '2001:db8::2', '2001:db8::2']);
      answers = () => ({ kind: 'failed', fault: 'timeout', message: 'no connection within 10 s', tookMs: PATIENT_MS });
      await lookerOver(world.sources).look();
      assert.deepEqual(tried.slice(5), ['192.0.2.1', '2001:db8::1']);
      answers = (address) => ({ kind: 'failed', fault: 'timeout', message: 'no connection within 10 s', tookMs: address.includes(':') ? 0.1 : PATIENT_MS });
      await lookerOver(world.sources).look();
      assert.deepEqual(tried.slice(7), ['192.0.2.1', '2001:db8::1', '192.0.2.2']);
    });

    it('a name without an address is told; a name server that fails is told by the check of the name servers', async () => {
      await using server = await dnsServer();
      using world = named('', { readResolvConf: async () => ({ kind: 'ok', value: '' }) });
      const check = apiServer({ sources: world.sources, scope: 'pod', surroundings: createSurroundings(world.sources.nowMs) });
      const settings = { checkTimeout: PATIENT_MS, nameServers: [`127.0.0.1:${server.port}`] };
      const what = `API server ${url} from the Pod network: GET /readyz: name ${NAME}`;
      assert.deepEqual(bare((await lookOnce(check, settings)).verdicts), [problem('APIServerConnectFailed', 'API server', `${what} not found`)]);
      await server.behave({ udp: 'SERVFAIL' });
      const message = `${what} not resolved (name server 127.0.0.1:${server.port}: return code SERVFAIL) (see PodClusterDNSUnavailable)`;
      const look = await lookOnce(check, settings);
      assert.deepEqual(bare(look.verdicts), [{ kind: 'unknown', subject: 'API server', message }]);
      assert.deepInclude(look.metrics?.[1], { labels: { check: 'api-server', target_class: 'api-server', reason: 'not-resolved' }, value: 2 });
      const untold = bare((await lookOnce(check, { ...settings, dns: 'off' })).verdicts);
      assert.deepEqual(untold, [problem('APIServerConnectFailed', 'API server', message.replace(' (see PodClusterDNSUnavailable)', ''))], 'nobody else tells it then');
    });
  });

  it('is well by no answer but the right one', () => {
    const answer = (body: string): Reached<HttpAnswer> => ({ kind: 'ok', tookMs: 1, value: { status: 200, body } });
    fc.assert(fc.property(fc.oneof(anyText, fc.json()), (body) => {
      assert.equal(faultOf('/readyz', answer(body)) === undefined, body.trim() === 'ok');
      assert.isDefined(faultOf('/api', answer(body)));
    }));
  });
});
