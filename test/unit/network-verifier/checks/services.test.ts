import { assert } from 'chai';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../../../plugins/core/verdict.ts';
import { apiServer } from '../../../../plugins/network-verifier/checks/api-server.ts';
import { services } from '../../../../plugins/network-verifier/checks/services.ts';
import { serviceDiscoveryFailed } from '../../../../plugins/network-verifier/conditions/service-discovery-failed.ts';
import type { NetworkSettings } from '../../../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../../../plugins/network-verifier/sources.ts';
import { type Surroundings, createSurroundings } from '../../../../plugins/network-verifier/surroundings.ts';
import { type DnsServer, dnsServer } from '../../../support/dns-server.ts';
import { type FaultServer, startFaultServer } from '../../../support/fault-server.ts';
import { type KubeApi, type KubeService, startKubeApi } from '../../../support/kube-api.ts';
import { type TestSources, bare, lookOnce, testSources } from '../../../support/network-look.ts';

const SHOP = 'web/shop';
const BARE_NAME = 'shop.web.svc.cluster.local';
const FULL_NAME = `${BARE_NAME}.`;
const FROM = `${SHOP} from the Pod network`;
const ALL_WELL = [healthy, healthy, healthy, healthy];

const REASONS = serviceDiscoveryFailed.reasons.map(({ reason }) => reason);

function gap(subject: string, message: string): Verdict {
  return { kind: 'unknown', subject, message };
}

describe('services check', () => {
  let api: KubeApi;
  let dns: DnsServer;
  /** Behind the cluster IP. */
  let shop: FaultServer;
  let world: TestSources;
  let surroundings: Surroundings;
  /** How far the clock was set on. */
  let laterMs: number;

  beforeEach(async () => {
    laterMs = 0;
    shop = await startFaultServer();
    api = await startKubeApi({ services: { [SHOP]: service() } });
    dns = await dnsServer({ records: { [BARE_NAME]: ['127.0.0.1'] } });
    world = testSources({ cluster: () => ({ kind: 'ok', access: api.access() }), isInCluster: true, nowMs: () => performance.now() + laterMs });
    surroundings = createSurroundings(world.sources.nowMs);
  });

  afterEach(async () => {
    world[Symbol.dispose]();
    for (const server of [api, dns, shop]) await server[Symbol.asyncDispose]();
  });

  function service(spec: KubeService['spec'] = {}, endpoints: KubeService['endpoints'] = [{ address: '192.0.2.10', port: 8_080 }]): KubeService {
    return { spec: { clusterIP: '127.0.0.1', clusterIPs: ['127.0.0.1'], ports: [{ name: 'https', protocol: 'TCP', port: shop.port }], ...spec }, endpoints };
  }

  /** As it is looked after five minutes, unless told otherwise. */
  function looker(more: Partial<NetworkSettings> = {}, sources: Partial<NetworkSources> = {}): (afterMs?: number) => Promise<readonly Verdict[]> {
    const check = services({ sources: { ...world.sources, ...sources }, scope: 'pod', surroundings });
    const settings = { checkTimeout: 10_000, services: [SHOP], nameServers: [`127.0.0.1:${dns.port}`], ...more };
    return async (afterMs = 300_000) => {
      laterMs += afterMs;
      const { verdicts } = await lookOnce(check, settings);
      for (const verdict of verdicts) if (verdict.kind === 'problem') assert.include(REASONS, verdict.reason);
      return bare(verdicts);
    };
  }

  it('a Service that is there, has a name, somebody ready and a way to it is healthy, for two requests', async () => {
    const look = looker();
    for (let count = 0; count < 2; count++) assert.deepEqual(await look(), ALL_WELL);
    const each = ['/api/v1/namespaces/web/services/shop', '/apis/discovery.k8s.io/v1/namespaces/web/endpointslices'];
    assert.deepEqual(api.asked(), [...each, ...each]);
    assert.equal(api.server.connectionCount(), 1);
    assert.deepEqual([...surroundings.clusterIps], [[FULL_NAME, ['127.0.0.1']]]);
  });

  it('the check of the API server and this one share a connection', async () => {
    const [look, other] = [looker(), apiServer({ sources: world.sources, scope: 'pod', surroundings })];
    await Promise.all([look(), lookOnce(other)]);
    await Promise.all([look(), lookOnce(other)]);
    assert.lengthOf(api.asked(), 7);
    assert.equal(api.server.connectionCount(), 1);
  });

  it("asks for the slice of the API server's own Service by its name, which is all that a role may allow, and for others by their Service", async () => {
    api.set({ services: { 'default/kubernetes': service(), [SHOP]: service() } });
    const verdicts = await looker({ services: ['default/kubernetes', SHOP], dnsNames: [] })();
    const lists = api.server.requests.map(({ path }) => path).filter((path) => path.includes('endpointslices')).toSorted();
    assert.deepEqual(lists, [
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes&fieldSelector=metadata.name%3Dkubernetes&resourceVersion=0',
      '/apis/discovery.k8s.io/v1/namespaces/web/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dshop&resourceVersion=0',
    ]);
    assert.notInclude(JSON.stringify(verdicts), 'needs the right');
  });

  it('looks that come sooner ask the API server for nothing that was well, until a finding would be raised', async () => {
    const look = looker();
    await shop.behave({ deed: 'refuse' });
    const asked = [];
    for (const afterMs of [0, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      await look(afterMs);
      asked.push(api.asked().length);
    }
    assert.deepEqual(asked, [2, 2, 2, 2, 2, 2, 4]);
    api.set({ services: { [SHOP]: service({}, []) } });
    for (const afterMs of [300_000, 5_000]) {
      await look(afterMs);
      asked.push(api.asked().length);
    }
    assert.deepEqual(asked.slice(-2), [6, 8]);
  });

  it('one that is not there is told, and nothing else of it', async () => {
    const look = looker();
    await look();
    api.set({ services: {} });
    assert.deepEqual(await look(), [problem('ServiceNotFound', partOf(SHOP, 'Service'), `${SHOP}: there is no such Service (status 404)`)]);
    assert.isEmpty([...surroundings.clusterIps]);
    api.set({ services: { [SHOP]: service() } });
    assert.deepEqual(await look(), ALL_WELL);
  });

  it('one with nobody ready is told, and that nothing leads there is not told again', async () => {
    const look = looker();
    const without = problem('ServiceWithoutEndpoints', partOf(SHOP, 'endpoints'), `${SHOP}: no endpoint is ready`);
    for (const endpoints of [[], [{ address: '192.0.2.10', port: 8_080, ready: false }]]) {
      api.set({ services: { [SHOP]: service({}, endpoints) } });
      assert.deepEqual(await look(), [healthy, without, healthy]);
    }
    api.set({ services: { [SHOP]: service() } });
    assert.deepEqual(await look(), ALL_WELL);
  });

  it('a name that is not there, or leads elsewhere, is told', async () => {
    const look = looker();
    await dns.behave({ records: {} });
    assert.deepEqual((await look())[2], problem('ServiceNotResolvable', partOf(SHOP, 'name'), `${FROM}: name ${FULL_NAME} not found`));
    await dns.behave({ records: { [BARE_NAME]: ['10.96.0.99', '10.96.0.98'] } });
    assert.deepEqual((await look())[2], problem('ServiceWrongAddress', partOf(SHOP, 'name'), `${FROM}: name ${FULL_NAME} leads to another address than 127.0.0.1`));
    await dns.behave({ records: { [BARE_NAME]: ['127.0.0.1'] } });
    assert.deepEqual(await look(), ALL_WELL);
  });

  it('a name that the check of the name servers asks for is left to that, as long as it looks', async () => {
    await dns.behave({ records: {} });
    const elsewhere = (what: string): Verdict => gap(partOf(SHOP, 'name'), `${FROM}: name ${FULL_NAME} ${what} (see PodClusterDNSUnavailable)`);
    assert.deepEqual((await looker({ dnsNames: ['shop.web.svc'] })())[2], elsewhere('not found'));
    assert.deepEqual((await looker({ dnsNames: ['shop.web.svc'], dns: 'off' })())[2]?.kind, 'problem');
    await dns.behave({ records: { [BARE_NAME]: ['10.96.0.99'] } });
    assert.deepEqual((await looker({ dnsNames: ['shop.web.svc.cluster.local'] })())[2], elsewhere('leads to another address than 127.0.0.1'));
  });

  it('what name servers say of names that tell others wrongly is nothing to go by', async () => {
    surroundings.doubtfulServers.add('10.96.0.10:53');
    const look = looker();
    await dns.behave({ records: {} });
    const see = '(see PodClusterDNSUnavailable)';
    assert.deepEqual(await look(), [healthy, healthy, gap(partOf(SHOP, 'name'), `${FROM}: name ${FULL_NAME} not found ${see}`), healthy]);
    await dns.behave({ records: { [BARE_NAME]: ['10.96.0.99'] } });
    assert.deepEqual((await look())[2], gap(partOf(SHOP, 'name'), `${FROM}: name ${FULL_NAME} leads to another address than 127.0.0.1 ${see}`));
    surroundings.doubtfulServers.clear();
    assert.deepInclude((await look())[2], { reason: 'ServiceWrongAddress' });
  });

  it('name servers that fail make the name unknown, and nothing else', async () => {
    await dns.behave({ udp: 'silent' });
    const message = `${FROM}: name ${FULL_NAME} not resolved (name server 127.0.0.1:${dns.port}: no answer within 0.2 s) (see PodClusterDNSUnavailable)`;
    assert.deepEqual((await looker({ checkTimeout: 200 })())[2], gap(partOf(SHOP, 'name'), message));
    await dns.behave({ udp: 'SERVFAIL' });
    const failed = `${FROM}: name ${FULL_NAME} not resolved (name server 127.0.0.1:${dns.port}: return code SERVFAIL) (see PodClusterDNSUnavailable)`;
    const look = looker();
    assert.deepEqual(await look(), [healthy, healthy, gap(partOf(SHOP, 'name'), failed), healthy]);
    const untold = problem('ServiceNotResolvable', partOf(SHOP, 'name'), failed.replace(' (see PodClusterDNSUnavailable)', ''));
    assert.deepEqual(await looker({ dns: 'off' })(), [healthy, healthy, untold, healthy], 'nobody else tells it then');
    await dns.behave({ udp: 'answers' });
    assert.deepEqual(await look(), ALL_WELL);
  });

  for (const [deed, what] of [
    ['refuse', 'connection refused'],
    ['reset-on-accept', 'connection cut off at once'],
  ] as const) {
    it(`a cluster IP behind which it is "${what}" is told`, async () => {
      const look = looker();
      await shop.behave({ deed });
      const to = `connection to 127.0.0.1:${shop.port}`;
      for (let count = 0; count < 2; count++) assert.deepEqual(await look(), [healthy, healthy, healthy, problem('ServiceUnreachable', partOf(SHOP, to), `${FROM}: ${to}: ${what}`)]);
      await shop.behave({});
      assert.deepEqual(await look(), ALL_WELL);
    });
  }

  it('a way that another check cannot go either is told there', async () => {
    await shop.behave({ deed: 'refuse' });
    const look = looker();
    surroundings.note('target', 'tcp://here', false, `127.0.0.1:${shop.port}`);
    const to = `connection to 127.0.0.1:${shop.port}`;
    assert.deepEqual((await look(0))[3], gap(partOf(SHOP, to), `${FROM}: ${to}: connection refused (another check cannot reach it either, and tells it)`));
  });

  it('while the API server fails nothing new is known, and what was known is tried', async () => {
    const look = looker({ services: [SHOP, 'web/other'] });
    await api.server.behave({ status: 503 });
    const why = 'the API server does not tell: status 503 (see PodAPIServerUnreachable)';
    assert.deepEqual(await look(), [gap(SHOP, `${SHOP}: ${why}`), gap('web/other', `web/other: ${why}`)]);
    assert.lengthOf(api.asked(), 1, 'the others are not asked for');
    await api.server.behave({});
    assert.deepEqual((await look()).slice(0, 4), ALL_WELL);
    await api.server.behave({ status: 503 });
    assert.deepEqual((await look()).slice(0, 4), [gap(partOf(SHOP, 'Service'), `${SHOP}: ${why}`), gap(partOf(SHOP, 'endpoints'), `endpoints of ${SHOP}: ${why}`), healthy, healthy]);
  });

  it('while the API server hangs over endpoints it is asked for those of one Service, and for all others only once it answers', async () => {
    let isHanging = true;
    const getHttp: NetworkSources['getHttp'] = async (request, limits) => {
      if (!request.url.includes('/endpointslices') || !isHanging) return await world.sources.getHttp(request, limits);
      return { kind: 'failed', fault: 'silent', message: 'a connection, but no answer within 10 s', tookMs: 10_000 };
    };
    api.set({ services: { [SHOP]: service(), 'web/other': service() } });
    const look = looker({ services: [SHOP, 'web/other'] }, { getHttp });
    const why = 'the API server does not tell: a connection, but no answer within 10 s (see PodAPIServerUnreachable)';
    assert.deepEqual(await look(), [healthy, gap(partOf(SHOP, 'endpoints'), `endpoints of ${SHOP}: ${why}`), healthy, healthy, gap('web/other', `web/other: ${why}`)]);
    assert.deepEqual(api.asked(), ['/api/v1/namespaces/web/services/shop']);
    isHanging = false;
    assert.deepEqual((await look()).slice(0, 6), [...ALL_WELL, healthy, healthy]);
  });

  it('what its role may not read is named, and its name and way are tried all the same', async () => {
    api.set({ forbidden: ['endpointslices'] });
    const [slices, get] = [notApplicable(`endpoints of ${SHOP} (needs the right to list EndpointSlices in web)`), notApplicable(`${SHOP} (needs the right to get Services in web)`)];
    assert.deepEqual(await looker()(), [healthy, slices, healthy, healthy]);
    api.set({ forbidden: ['endpointslices', 'services'] });
    assert.deepEqual(await looker()(), [get, slices, healthy, notApplicable(`connection to ${SHOP} (needs the right to get Services in web, or a port in the setting services)`)]);
    const entry = `${SHOP}:${shop.port}`;
    const named = [notApplicable(`${entry} (needs the right to get Services in web)`), notApplicable(`endpoints of ${entry} (needs the right to list EndpointSlices in web)`)];
    assert.deepEqual(await looker({ services: [entry] })(), [...named, healthy, healthy]);
  });

  it('a Service without a cluster IP leads to one of those that are ready', async () => {
    const headless = { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'https', port: 443 }] };
    api.set({ services: { [SHOP]: service(headless, [{ address: '127.0.0.2', port: 1, ready: false }, { address: '127.0.0.1', port: shop.port }]) } });
    const look = looker();
    assert.deepEqual(await look(), ALL_WELL);
    await shop.behave({ deed: 'refuse' });
    const to = 'connection to a ready endpoint';
    assert.deepEqual((await look())[3], problem('ServiceUnreachable', partOf(SHOP, to), `${FROM}: ${to}: connection refused`));
  });

  it('of more endpoints than an answer holds one slice is looked at', async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({ address: `10.0.${index >> 8}.${index & 255}`, port: 8_080 }));
    api.set({ services: { [SHOP]: service({}, many) } });
    assert.deepEqual(await looker()(), ALL_WELL);
    api.set({ services: { [SHOP]: service({}, many.map((endpoint) => ({ ...endpoint, ready: false }))) } });
    assert.deepEqual((await looker()())[1], gap(partOf(SHOP, 'endpoints'), `endpoints of ${SHOP}: too many to look at all of them`));
  });

  it('ports that cannot be tried are named, and one that the Service has not got is told', async () => {
    api.set({ services: { [SHOP]: service({ ports: [{ name: 'dns', protocol: 'UDP', port: 53 }] }) } });
    assert.deepEqual((await looker()())[3], notApplicable(`connection to ${SHOP} (no TCP port)`));
    const entry = `${SHOP}:53`;
    assert.deepEqual((await looker({ services: [entry] })())[3], problem('ServiceUnreachable', partOf(entry, 'connection'), `${entry}: the Service has no TCP port 53`));
  });

  it('an ExternalName has a name, and nothing behind it', async () => {
    api.set({ services: { [SHOP]: { spec: { type: 'ExternalName', externalName: 'db.example' } } } });
    assert.deepEqual(await looker()(), [healthy, notApplicable(`endpoints of ${SHOP} (an ExternalName)`), healthy, notApplicable(`connection to ${SHOP} (an ExternalName)`)]);
  });

  it('outside of the cluster only what the API server tells is judged', async () => {
    assert.deepEqual(await looker({}, { isInCluster: false })(), [healthy, healthy, notApplicable(`name and connection of ${SHOP} (not in the cluster)`)]);
    assert.deepEqual(dns.asked(), []);
  });

  it('a finding says whether others can be reached, and others hear whether it can', async () => {
    await shop.behave({ deed: 'refuse' });
    const check = services({ sources: world.sources, scope: 'host', surroundings });
    const settings = { checkTimeout: 10_000, services: [SHOP], nameServers: [`127.0.0.1:${dns.port}`] };
    const bad = await lookOnce(check, settings);
    const to = `connection to 127.0.0.1:${shop.port}`;
    assert.deepEqual(bad.verdicts[3], {
      ...problem('ServiceUnreachable', partOf(SHOP, to), `${SHOP} from the host's network: ${to}: connection refused`),
      outlook: 'but the API server calls its endpoints ready: likelier the way there from this node (kube-proxy, CNI) than this service',
    });
    assert.equal(bad.againInMs, 5_000);
    assert.isTrue(surroundings.failsElsewhere('target', `127.0.0.1:${shop.port}`));
    await shop.behave({});
    const good = await lookOnce(check, settings);
    assert.equal(good.againInMs, 60_000, 'a second good look clears the finding');
    assert.deepEqual(good.readings?.map(({ name, subject, unit }) => [name, subject, unit]), [['service_ready_endpoints', SHOP, 'count'], ['service_connect_latency', `${SHOP} 127.0.0.1:${shop.port}`, 'seconds']]);
    const attempts = good.metrics?.filter(({ name }) => name === 'npd_plugins_network_attempts_total').map(({ labels, value }) => [labels['target_class'], value]);
    assert.sameDeepMembers(attempts ?? [], [['api-server', 2], ['cluster-name', 2], ['service', 2]]);
  });

  it('that nothing leads to who is ready is the way of this node, unless it leads to another Service', async () => {
    const settings = { checkTimeout: 10_000, services: [SHOP], nameServers: [`127.0.0.1:${dns.port}`] };
    const outlook = async (more: Partial<NetworkSettings> = {}): Promise<readonly string[]> => {
      laterMs += 300_000;
      const { verdicts } = await lookOnce(services({ sources: world.sources, scope: 'host', surroundings }), { ...settings, ...more });
      return verdicts.flatMap((verdict) => (verdict.kind === 'problem' ? [verdict.outlook ?? ''] : []));
    };
    await shop.behave({ deed: 'refuse' });
    assert.deepEqual(await outlook(), ['but the API server calls its endpoints ready: likelier the way there from this node (kube-proxy, CNI) than this service']);
    assert.deepEqual(await outlook({ services: [`${SHOP}:53`] }), ['and no other service either, but the API server can be reached: likelier the services than this node'], 'it has no such port');
    surroundings.note('service', 'web/other', true);
    assert.deepEqual(await outlook(), ['but the other service can be reached: likelier this service than this node']);
    api.set({ services: { [SHOP]: service({}, []) } });
    assert.match((await outlook()).join(), /^but .* can be reached: likelier this service than this node$/);
  });

  it('without a cluster, or without a Service, nothing is judged', async () => {
    const none = { kind: 'none', message: 'KUBERNETES_SERVICE_HOST is not set' } as const;
    assert.deepEqual(await looker({}, { cluster: () => none })(), [notApplicable('services (no cluster here)')]);
    assert.deepEqual(await looker({ services: [] })(), [{ ...notApplicable('services (none is set)'), reason: 'ServicesNotJudged' }]);
    assert.deepEqual(await looker({}, { cluster: () => ({ kind: 'failed', message: 'no token' }) })(), [{ kind: 'unknown', message: 'services: no token' }]);
  });
});
