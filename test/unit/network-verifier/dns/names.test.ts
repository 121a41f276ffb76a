import { assert } from 'chai';
import { isDomainName } from '../../../../plugins/network-verifier/dns/fqdn.ts';
import { type Plan, clusterDomainOf, planNames } from '../../../../plugins/network-verifier/dns/names.ts';
import { parseServerAddress } from '../../../../plugins/network-verifier/dns/server-address.ts';

const NOTHING: Plan = { external: [], ofCluster: [], isClusterMissing: false, hasCluster: true, namedServers: [] };
const POD = { search: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], isInCluster: true };
const LAPTOP = { search: ['example.com'], isInCluster: false };

describe('names to ask for', () => {
  const ofCluster = (name: string, expected: readonly string[] = []): Plan['ofCluster'][number] => ({ name, targetClass: 'cluster-name', expected });
  const external = (name: string, expected: readonly string[] = []): Plan['external'][number] => ({ name, targetClass: 'external-name', expected });

  it('are of the cluster where they end in .svc, or within its domain', () => {
    const dnsNames = ['kubernetes.default.svc', 'Web.Default.SVC=10.96.0.7', 'db.cluster.local', 'example.com.', 'x.svc.', 'localhost=127.0.0.1|::1'];
    assert.deepEqual(planNames({ dnsNames, clusterDomain: 'auto' }, POD), {
      ...NOTHING,
      ofCluster: [ofCluster('kubernetes.default.svc.cluster.local.'), ofCluster('web.default.svc.cluster.local.', ['10.96.0.7']), ofCluster('db.cluster.local.')],
      external: [external('example.com.'), external('x.svc.'), external('localhost.', ['127.0.0.1', '::1'])],
    });
  });

  it('are each asked for once', () => {
    const dnsNames = ['kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'kubernetes.default.svc.cluster.local.'];
    assert.deepEqual(planNames({ dnsNames, clusterDomain: 'auto' }, POD).ofCluster, [ofCluster('kubernetes.default.svc.cluster.local.')]);
  });

  it('that are addresses are name servers', () => {
    assert.deepEqual(planNames({ dnsNames: ['8.8.8.8', '2001:4860:4860::8888'], clusterDomain: 'auto' }, POD), {
      ...NOTHING, namedServers: [{ address: '8.8.8.8', port: 53 }, { address: '2001:4860:4860::8888', port: 53 }],
    });
  });

  it('of a cluster are left out where there is none', () => {
    const dnsNames = ['kubernetes.default.svc.cluster.local', 'google.com'];
    assert.deepEqual(planNames({ dnsNames, clusterDomain: 'auto' }, LAPTOP), { ...NOTHING, external: [external('google.com.')], isClusterMissing: true, hasCluster: false });
    assert.lengthOf(planNames({ dnsNames, clusterDomain: 'cluster.local' }, LAPTOP).ofCluster, 1, 'configured');
    assert.lengthOf(planNames({ dnsNames, clusterDomain: 'auto' }, { ...POD, isInCluster: false }).ofCluster, 1, 'in the search list');
    assert.lengthOf(planNames({ dnsNames, clusterDomain: 'auto' }, { ...LAPTOP, isInCluster: true }).ofCluster, 1, 'by what is mounted');
  });

  it('are in the domain that the search list names', () => {
    assert.equal(clusterDomainOf('auto', ['default.svc.K8s.example', 'svc.K8s.example', 'K8s.example']), 'k8s.example');
    assert.equal(clusterDomainOf('auto', ['svc', 'example.com']), 'cluster.local');
    assert.equal(clusterDomainOf('prod.example', POD.search), 'prod.example');
    assert.deepEqual(planNames({ dnsNames: ['kubernetes.default.svc'], clusterDomain: 'k8s.example' }, LAPTOP).ofCluster, [ofCluster('kubernetes.default.svc.k8s.example.')]);
  });

  it('have labels of at most 63 and in all 253 characters', () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    for (const name of ['a', 'A-1._tcp.example.com.', 'xn--bcher-kva.example', long, `${long}.`, 'a'.repeat(63)]) assert.isTrue(isDomainName(name), name);
    for (const name of ['', '.', '..', 'a..b', '.a', '-a', 'a-', 'a b', 'bücher.example', 'a\n', `${long}e`, 'a'.repeat(64), 'a/b', 'a:53']) assert.isFalse(isDomainName(name), name);
  });
});

describe('the address of a name server', () => {
  const good = [
    ['10.96.0.10', '10.96.0.10', 53], ['10.96.0.10:5353', '10.96.0.10', 5353], ['fd00::a', 'fd00::a', 53], ['[fd00::a]', 'fd00::a', 53],
    ['[fd00::a]:5353', 'fd00::a', 5353], ['fe80::1%eth0', 'fe80::1%eth0', 53], ['[fe80::1%eth0]:53', 'fe80::1%eth0', 53],
  ] as const;
  for (const [text, address, port] of good) {
    it(text, () => {
      assert.deepEqual(parseServerAddress(text), { address, port });
    });
  }

  for (const text of ['', 'dns.example.com', '10.96.0.10:', '10.96.0.10:0', '10.96.0.10:65536', '10.96.0.10:53x', '[10.96.0.10]:53', '[fd00::a', 'fd00::a]:53', '10.96.0', ':53', '[]:53', '10.96.0.10 ']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.isUndefined(parseServerAddress(text));
    });
  }
});
