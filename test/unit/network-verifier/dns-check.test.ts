import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Outcome as ReadOutcome } from '../../../plugins/linux/read.ts';
import type { Endpoint } from '../../../plugins/network-verifier/attempt.ts';
import { dns } from '../../../plugins/network-verifier/checks/dns.ts';
import { clusterDnsUnavailable } from '../../../plugins/network-verifier/conditions/cluster-dns-unavailable.ts';
import { askDns } from '../../../plugins/network-verifier/dns/ask.ts';
import type { Scope } from '../../../plugins/network-verifier/scope.ts';
import { type NetworkSettings, networkSettings } from '../../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../../plugins/network-verifier/sources.ts';
import { type Surroundings, createSurroundings } from '../../../plugins/network-verifier/surroundings.ts';
import { type Behaviour, type DnsServer, type Manner, dnsServer } from '../../support/dns-server.ts';

const KUBERNETES = 'kubernetes.default.svc.cluster.local';
const RECORDS = {
  [KUBERNETES]: ['10.96.0.1'],
  'example.com': ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
  'localhost': ['127.0.0.1', '::1'],
};
const POD_CONF = 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n';
const ANSWERS = 'but it answers: likelier this name server than this node';
const PATIENT_MS = 10_000;
const SHORT_MS = 150;

const ok = (value: string): ReadOutcome<string> => ({ kind: 'ok', value });
const absent: ReadOutcome<string> = { kind: 'absent', message: '/etc/resolv.conf: no such file or directory' };

interface Around {
  readonly resolvConf?: ReadOutcome<string>;
  readonly isInCluster?: boolean;
  readonly scope?: Scope;
}

describe('the DNS check', () => {
  let server: DnsServer;
  let other: DnsServer;
  let surroundings: Surroundings;
  let warnings: string[];
  beforeEach(async () => {
    server = await dnsServer({ records: RECORDS });
    other = await dnsServer({ records: RECORDS });
    surroundings = createSurroundings(() => performance.now());
    warnings = [];
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  /** The two servers stand at the addresses that a test gives them, port 53, since nobody but root may listen there. */
  const at = new Map<string, () => DnsServer>([['10.96.0.10', () => server], ['192.0.2.53', () => other]]);
  const really = (asked: Endpoint): Endpoint => at.get(asked.address)?.() ?? { address: '127.0.0.1', port: 1 };
  const log: Logger = { ...silentLogger, warn: (fields, message) => void warnings.push(`${message} ${JSON.stringify(fields)}`) };

  function checkIn({ resolvConf = ok(POD_CONF), isInCluster = true, scope = 'host' }: Around = {}): (settings?: Partial<NetworkSettings>, signal?: AbortSignal) => Promise<Look> {
    const unused = (): never => assert.fail('asked for nothing but DNS');
    const sources: NetworkSources = {
      askDns: (question, limits) => askDns({ ...question, server: really(question.server) }, limits),
      readResolvConf: async () => await Promise.resolve(resolvConf),
      resolvConf: '/etc/resolv.conf',
      isInCluster,
      nowMs: () => performance.now(),
      connectTcp: unused, getHttp: unused, cluster: unused, readHosts: unused, random: unused,
    };
    const check = dns({ sources, scope, surroundings });
    return (settings = {}, signal = new AbortController().signal) => runCheck(check, {
      root: '/', memo: undefined, signal, log,
      settings: { ...defaultsOf(networkSettings), checkTimeout: PATIENT_MS, dnsMaxLatency: PATIENT_MS, ...settings },
    });
  }
  const told = ({ verdicts }: Look): readonly string[] => verdicts.map((verdict) => {
    if (verdict.kind === 'problem') assert.include(clusterDnsUnavailable.reasons.map(({ reason }) => reason), verdict.reason);
    return verdict.kind === 'problem' ? `${verdict.reason}: ${verdict.message}` : 'message' in verdict ? `${verdict.kind}: ${verdict.message}` : verdict.kind;
  });
  const look = async (settings?: Partial<NetworkSettings>, around?: Around): Promise<readonly string[]> => told(await checkIn(around)(settings));
  const UDP = "name server 10.96.0.10:53 over UDP from the host's network:";
  const TCP = "name server 10.96.0.10:53 over TCP from the host's network:";
  const WELL = ['healthy', 'healthy'];

  it('asks each name server for A and AAAA over UDP, and once over TCP', async () => {
    assert.deepEqual(await look(), WELL);
    assert.sameMembers([...server.asked()], [`UDP A ${KUBERNETES}.`, `UDP AAAA ${KUBERNETES}.`, `TCP A ${KUBERNETES}.`]);
    assert.deepEqual(await look({ dnsNames: ['kubernetes.default.svc', 'example.com'] }, { resolvConf: ok(`${POD_CONF}nameserver 192.0.2.53\n`) }), [...WELL, ...WELL]);
    assert.lengthOf(server.asked(), 3 + 5);
    assert.lengthOf(other.asked(), 5);
  });

  const ANY = `for ${KUBERNETES}`;
  const MALFORMED = 'DNSMalformedAnswer';
  const faults: readonly { readonly manner: Manner; readonly udp: string; readonly tcp: string; readonly isLate?: boolean }[] = [
    { manner: 'silent', udp: `DNSTimeout: ${UDP} no answer within 0.15 s`, tcp: `DNSTimeout: ${TCP} a connection and no answer within 0.15 s`, isLate: true },
    { manner: 'closed', udp: `DNSRefused: ${UDP} connection refused`, tcp: `DNSRefused: ${TCP} connection refused` },
    { manner: 'REFUSED', udp: `DNSRefused: ${UDP} return code REFUSED`, tcp: `DNSRefused: ${TCP} return code REFUSED` },
    { manner: 'SERVFAIL', udp: `DNSServerFailure: ${UDP} return code SERVFAIL`, tcp: `DNSServerFailure: ${TCP} return code SERVFAIL` },
    { manner: 'NXDOMAIN', udp: `DNSNameNotFound: ${UDP} NXDOMAIN ${ANY} A+AAAA`, tcp: `DNSWrongAnswer: ${TCP} no address, though over UDP there is one ${ANY} A` },
    { manner: 'garbage', udp: `${MALFORMED}: ${UDP} an answer that is no DNS message, or is cut short`, tcp: `${MALFORMED}: ${TCP} an answer that is no DNS message, or is cut short` },
    { manner: 'other-id', udp: `${MALFORMED}: ${UDP} only answers to other questions`, tcp: `${MALFORMED}: ${TCP} only answers to other questions`, isLate: true },
  ];
  for (const { manner, udp, tcp, isLate = false } of faults) {
    it(`tells "${manner}" over UDP alone, over TCP alone, and its end`, async () => {
      const again = checkIn();
      const settings = isLate ? { checkTimeout: SHORT_MS } : {};
      await server.behave({ udp: manner });
      assert.deepEqual(told(await again(settings)), [udp, 'healthy']);
      await server.behave({ udp: 'answers', tcp: manner });
      assert.deepEqual(told(await again(settings)), ['healthy', tcp]);
      await server.behave({ udp: 'answers', tcp: 'answers' });
      assert.deepEqual(told(await again()), WELL);
    });
  }

  const tcpOnly: readonly (readonly [Manner, string])[] = [
    ['reset', `DNSRefused: ${TCP} connection cut off before an answer`],
    ['hangs-up', `DNSRefused: ${TCP} connection cut off before an answer`],
    ['half', `${MALFORMED}: ${TCP} an answer that is no DNS message, or is cut short`],
  ];
  for (const [tcp, want] of tcpOnly) {
    it(`tells "${tcp}" over TCP`, async () => {
      await server.behave({ tcp });
      assert.deepEqual(await look(), ['healthy', want]);
    });
  }

  it('tells once what a server answers over both', async () => {
    for (const manner of ['SERVFAIL', 'REFUSED', 'NXDOMAIN'] as const) {
      await server.behave({ udp: manner, tcp: manner });
      const [first = '', ...rest] = await look();
      assert.include(first, 'over UDP');
      assert.deepEqual(rest, ['healthy']);
    }
  });

  it('asks over TCP what does not fit into a packet, and tells where it cannot', async () => {
    await server.behave({ udp: 'truncated' });
    assert.deepEqual(await look({ dnsNames: ['kubernetes.default.svc', 'example.com'] }), WELL);
    assert.sameMembers(server.asked().filter((asked) => asked.startsWith('TCP')), [KUBERNETES, 'example.com'].flatMap((name) => [`TCP A ${name}.`, `TCP AAAA ${name}.`]));
    await server.behave({ tcp: 'closed' });
    assert.deepEqual(await look(), ['healthy', `DNSRefused: ${TCP} connection refused`]);
  });

  it('ends after two attempts, the second of them one that is silent', async () => {
    await server.behave({ udp: 'truncated', tcp: 'silent' });
    const startMs = performance.now();
    assert.deepEqual(await look({ checkTimeout: SHORT_MS }), ['healthy', `DNSTimeout: ${TCP} a connection and no answer within 0.15 s`]);
    assert.isBelow(performance.now() - startMs, 2 * SHORT_MS + 5_000);
  });

  it('tells only the questions that fail', async () => {
    await server.behave({ udp: ({ type, name }) => (type === 'AAAA' && name === 'example.com.' ? 'SERVFAIL' : 'answers') });
    assert.deepEqual(await look({ dnsNames: ['kubernetes.default.svc', 'example.com'] }), [`DNSServerFailure: ${UDP} return code SERVFAIL for example.com AAAA`, 'healthy']);
  });

  it('tells reasons apart, each once for all names', async () => {
    await server.behave({ udp: ({ type, name }) => (name === 'a.example.com.' ? 'SERVFAIL' : type === 'AAAA' ? 'garbage' : 'NXDOMAIN') });
    assert.deepEqual(await look({ dnsNames: ['d', 'c', 'b', 'e', 'a'].map((name) => `${name}.example.com`) }), [
      `${MALFORMED}: ${UDP} an answer that is no DNS message, or is cut short for b.example.com AAAA, c.example.com AAAA, d.example.com AAAA (+1 more)`,
      `DNSServerFailure: ${UDP} return code SERVFAIL for a.example.com A+AAAA`,
      `DNSNameNotFound: ${UDP} NXDOMAIN for b.example.com A, c.example.com A, d.example.com A (+1 more)`,
      'healthy',
    ]);
  });

  const answers: readonly { readonly name: string; readonly records: Behaviour['records']; readonly dnsNames?: readonly string[]; readonly udp?: Behaviour['udp']; readonly want: string }[] = [
    { name: 'no address', records: { 'example.com': [] }, want: `DNSWrongAnswer: ${UDP} no address for example.com A+AAAA` },
    { name: 'an address of one family alone', records: { 'example.com': ['2001:db8::1'] }, want: 'healthy' },
    { name: 'all zeros', records: { 'example.com': ['0.0.0.0', '::'] }, want: `DNSWrongAnswer: ${UDP} an address that is none (all zeros) for example.com A+AAAA` },
    { name: 'a loopback address', records: { 'example.com': ['192.0.2.1', '127.0.0.53'] }, want: `DNSWrongAnswer: ${UDP} an address of this machine alone (loopback) for example.com A` },
    { name: 'a loopback address of a local name', records: { 'db.localhost': ['127.0.0.1'] }, dnsNames: ['db.localhost'], want: 'healthy' },
    { name: 'a loopback address that is expected', records: { 'example.com': ['127.0.0.1'] }, dnsNames: ['example.com=127.0.0.1'], want: 'healthy' },
    { name: 'some of the expected addresses', records: { 'example.com': ['192.0.2.2'] }, dnsNames: ['example.com=192.0.2.1|192.0.2.2'], want: 'healthy' },
    { name: 'another address', records: { 'example.com': ['192.0.2.1', '192.0.2.9'] }, dnsNames: ['example.com=192.0.2.2|192.0.2.1'], want: `DNSWrongAnswer: ${UDP} another address than 192.0.2.1 or 192.0.2.2 for example.com A` },
    { name: 'the expected address, written in another way', records: { 'example.com': ['2001:db8::1'] }, dnsNames: ['example.com=2001:DB8:0::0001'], want: 'healthy' },
    { name: 'an address of the family for which nothing is expected', records: { 'example.com': ['192.0.2.1', '64:ff9b::c000:201'] }, dnsNames: ['example.com=192.0.2.1'], want: 'healthy' },
    { name: 'none of the family that is expected', records: { 'example.com': ['2001:db8::1'] }, dnsNames: ['example.com=192.0.2.1'], want: `DNSWrongAnswer: ${UDP} another address than 192.0.2.1 for example.com A` },
    { name: 'NXDOMAIN for one family of a name that has the other', records: RECORDS, udp: ({ type }) => (type === 'AAAA' ? 'NXDOMAIN' : 'answers'), want: `DNSWrongAnswer: ${UDP} NXDOMAIN, though it has an address of the other type for example.com AAAA` },
    { name: 'an alias of what is not there', records: { 'example.com': ['gone.example.com'] }, want: `DNSWrongAnswer: ${UDP} no address for example.com A+AAAA` },
  ];
  for (const { name, records, dnsNames = ['example.com'], udp = 'answers', want } of answers) {
    it(`judges the answer: ${name}`, async () => {
      await server.behave({ records, udp });
      assert.deepEqual(await look({ dnsNames }), [want, 'healthy']);
    });
  }

  it('compares with the cluster IPs that the API server tells, and gives wrong addresses as readings', async () => {
    const again = checkIn();
    const tell = (...addresses: readonly string[]): void => void surroundings.clusterIps.set(`${KUBERNETES}.`, addresses);
    tell('10.96.0.1', 'fd00::1');
    await server.behave({ records: { [KUBERNETES]: ['10.96.0.1', 'fd00::1'] } });
    assert.deepEqual(told(await again()), WELL);
    await server.behave({ records: { [KUBERNETES]: ['10.96.0.2', 'fd00::1'] } });
    assert.deepEqual(told(await again()), WELL, 'the Service may be a new one');
    assert.deepEqual(told(await again()), WELL, 'not told anew yet');
    for (let count = 0; count < 2; count++) {
      tell('10.96.0.1', 'fd00::1');
      const wrong = await again();
      assert.deepEqual(told(wrong), [`DNSWrongAnswer: ${UDP} another address than 10.96.0.1 ${ANY} A`, 'healthy']);
      assert.deepInclude(wrong.readings ?? [], { name: 'dns_wrong_answer', subject: `${KUBERNETES}. of 10.96.0.10:53`, value: '10.96.0.2', unit: '', source: 'DNS over UDP' });
    }
    tell('10.96.0.2', 'fd00::1');
    assert.deepEqual(told(await again()), WELL);
  });

  it('calls no address wrong that a Service has since it was made anew', async () => {
    const again = checkIn();
    surroundings.clusterIps.set(`${KUBERNETES}.`, ['10.96.0.1']);
    assert.deepEqual(told(await again()), WELL);
    await server.behave({ records: { [KUBERNETES]: ['10.96.0.2'] } });
    assert.deepEqual(told(await again()), WELL);
    surroundings.clusterIps.set(`${KUBERNETES}.`, ['10.96.0.2']);
    assert.deepEqual(told(await again()), WELL);
  });

  it('notes who tells a name wrongly or does not know it, as long as that is so', async () => {
    const doubted = async (records: Readonly<Record<string, readonly string[]>>): Promise<readonly string[]> => {
      await server.behave({ records });
      await look();
      return [...surroundings.doubtfulServers];
    };
    assert.deepEqual(await doubted({}), ['10.96.0.10:53']);
    assert.deepEqual(await doubted({ [KUBERNETES]: ['10.96.0.1'] }), []);
    assert.deepEqual(await doubted({ [KUBERNETES]: ['127.0.0.1'] }), ['10.96.0.10:53']);
    await server.behave({ udp: 'SERVFAIL', tcp: 'SERVFAIL' });
    await look();
    assert.deepEqual([...surroundings.doubtfulServers], []);
  });

  it('tells what is slow, by the limit alone', async () => {
    await server.behave({ delayMs: 30 });
    assert.deepEqual(await look({ dnsMaxLatency: 20 }), [`DNSSlow: ${UDP} answers take longer than 0.02 s`, `DNSSlow: ${TCP} answers take longer than 0.02 s`]);
    assert.isFalse(surroundings.fails('name server'));
  });

  it('asks name servers of the cluster for its names, and an IP address among the names for others alone, as a name server', async () => {
    const again = checkIn();
    const settings = { dnsNames: ['192.0.2.53', 'example.com', 'kubernetes.default.svc'] };
    const first = await again(settings);
    assert.deepEqual(told(first), [...WELL, ...WELL]);
    assert.sameMembers([...other.asked()], ['UDP A example.com.', 'UDP AAAA example.com.', 'TCP A example.com.']);
    assert.include(server.asked(), `UDP A ${KUBERNETES}.`);
    assert.deepInclude(first.readings ?? [], { name: 'dns_name_is_address', subject: '192.0.2.53', value: true, unit: '', source: 'dnsNames' });
    await again(settings);
    assert.deepEqual(warnings, ['dnsNames holds an IP address, which is no name: it is asked as a name server {"address":"192.0.2.53"}']);
  });

  it('outside of a cluster asks name servers whether they answer', async () => {
    const outside = { resolvConf: ok('search example.com\nnameserver 10.96.0.10\n'), isInCluster: false };
    const NONE = 'not-applicable: names of the cluster (no cluster here)';
    const NOT_TCP = 'not-applicable: name servers over TCP (no cluster here)';
    assert.deepEqual(await look({}, outside), ['healthy', NOT_TCP, NONE]);
    assert.deepEqual([...server.asked()], ['UDP A localhost.']);
    await server.behave({ records: {} });
    assert.deepEqual(await look({ dnsNames: [], dnsOverTcp: 'on' }, outside), WELL, 'NXDOMAIN is an answer, too');
    assert.sameMembers([...server.asked()].slice(1), ['UDP A localhost.', 'TCP A localhost.']);
    await server.behave({ udp: 'SERVFAIL', tcp: 'SERVFAIL' });
    assert.deepEqual(await look({}, outside), [`DNSServerFailure: ${UDP} return code SERVFAIL`, NOT_TCP, NONE]);
  });

  it('asks for names in the domain that is configured, or that the search list holds', async () => {
    await look({ clusterDomain: 'prod.example' });
    assert.include(server.asked(), 'UDP A kubernetes.default.svc.prod.example.');
    await look({}, { resolvConf: ok('search default.svc.k8s.example svc.k8s.example k8s.example\nnameserver 10.96.0.10\n'), isInCluster: false });
    assert.include(server.asked(), 'UDP A kubernetes.default.svc.k8s.example.');
  });

  it('picks up a name server that is replaced', async () => {
    assert.deepEqual(await look({}, { resolvConf: ok('nameserver 192.0.2.53\n') }), WELL);
    assert.deepEqual(await look({ nameServers: ['10.96.0.10'] }, { resolvConf: absent }), WELL);
    assert.lengthOf(other.asked(), 3);
    assert.lengthOf(server.asked(), 3);
  });

  it('says where there is nobody to ask', async () => {
    const empty = ok('search example.com\n');
    assert.deepEqual(await look({}, { resolvConf: empty }), ['unknown: name servers: no name server in /etc/resolv.conf']);
    assert.deepEqual(await look({}, { resolvConf: absent }), [`unknown: name servers: ${absent.kind === 'absent' ? absent.message : ''}`]);
    assert.deepEqual(await look({ dnsNames: [] }, { resolvConf: empty, isInCluster: false }), ['not-applicable: name servers (no name server in /etc/resolv.conf)']);
    const failed = { kind: 'failed', message: '/etc/resolv.conf: no answer within 3000 ms' } as const;
    assert.deepEqual(await look({ dnsNames: [] }, { resolvConf: failed, isInCluster: false }), [`unknown: name servers: ${failed.message}`]);
    assert.deepEqual(await look({ dns: 'off' }), ['not-applicable: DNS (switched off)']);
  });

  it('leaves out what is no address in resolv.conf, and says so once', async () => {
    const again = checkIn({ resolvConf: ok('nameserver dns.example.com\nnameserver 10.96.0.10\n') });
    assert.deepEqual([told(await again()), told(await again())], [WELL, WELL]);
    assert.deepEqual(warnings, ['a name server that is no IP address is left out, as libc does {"file":"/etc/resolv.conf","nameServer":"\\"dns.example.com\\""}']);
  });

  it('says how other name servers are, and notes where it has connected to', async () => {
    const both = { resolvConf: ok(`${POD_CONF}nameserver 192.0.2.53\n`) };
    const outlooks = async (): Promise<readonly (string | undefined)[]> => (await checkIn(both)()).verdicts.flatMap((verdict) => (verdict.kind === 'problem' ? [verdict.outlook] : []));
    await server.behave({ udp: 'SERVFAIL' });
    assert.deepEqual(await outlooks(), [surroundings.outlook('name server', '10.96.0.10:53')]);
    assert.include(surroundings.outlook('name server', '10.96.0.10:53'), 'likelier this name server than this node');
    assert.isTrue(surroundings.failsElsewhere('service', '10.96.0.10:53'));
    await other.behave({ udp: 'SERVFAIL' });
    assert.deepEqual(new Set(await outlooks()), new Set([ANSWERS]));
    await server.behave({ udp: 'answers' });
    await other.behave({ udp: 'answers' });
    assert.deepEqual(await outlooks(), []);
    assert.isFalse(surroundings.fails('name server'));
  });

  it('in a Pod says so, and that an answer is one, be it wrong', async () => {
    await server.behave({ udp: 'SERVFAIL' });
    const { verdicts } = await checkIn({ scope: 'pod' })();
    assert.deepEqual(verdicts[0], {
      kind: 'problem', reason: 'DNSServerFailure', subject: '10.96.0.10:53 · UDP', outlook: ANSWERS,
      message: 'name server 10.96.0.10:53 over UDP from the Pod network: return code SERVFAIL',
    });
  });

  it('looks again soon after a look that was not good', async () => {
    const again = checkIn();
    await server.behave({ udp: 'SERVFAIL' });
    assert.deepEqual([(await again()).againInMs, (await again()).againInMs], [5_000, 10_000]);
    await server.behave({ udp: 'answers' });
    assert.deepEqual([(await again()).againInMs, (await again()).againInMs, (await again()).againInMs], [60_000, 60_000, undefined]);
  });

  it('counts attempts, and failures by what is wrong with the answer', async () => {
    await server.behave({ records: { [KUBERNETES]: [] } });
    const { metrics = [], readings = [] } = await checkIn()({ dnsNames: ['kubernetes.default.svc', 'example.com'] });
    const counted = metrics.map(({ name, labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`);
    assert.sameMembers(counted, [
      'npd_plugins_network_attempts_total dns cluster-name 3',
      'npd_plugins_network_failures_total dns cluster-name wrong-answer 2',
      'npd_plugins_network_attempts_total dns external-name 2',
      'npd_plugins_network_failures_total dns external-name name-not-found 2',
    ]);
    assert.deepEqual(readings.filter(({ name }) => name === 'dns_latency').map(({ subject, unit }) => `${subject} ${unit}`), ['10.96.0.10:53 · UDP seconds', '10.96.0.10:53 · TCP seconds']);
  });

  it('cannot tell when the look is over before an answer', async () => {
    const { verdicts } = await checkIn()({}, AbortSignal.abort());
    assert.deepEqual(verdicts.map(({ kind }) => kind), ['unknown', 'unknown']);
    assert.isFalse(surroundings.fails('name server'));
  });
});
