import { assert } from 'chai';
import { askDns } from '../../../../plugins/network-verifier/dns/ask.ts';
import { type ResolveWorld, resolveName } from '../../../../plugins/network-verifier/dns/resolve.ts';
import type { Outcome as ReadOutcome } from '../../../../plugins/linux/read.ts';
import { type DnsServer, dnsServer } from '../../../support/dns-server.ts';
import { told } from '../../../support/outcome-text.ts';

const RECORDS = {
  'db.example.com': ['2001:db8::7', '192.0.2.7'],
  'db.default.svc.cluster.local': ['10.96.0.7'],
  'mail.example.com': [],
  'only6.example.com': ['2001:db8::6'],
};
const RESOLV_CONF = 'search default.svc.cluster.local svc.cluster.local\noptions ndots:2\n';
const HOSTS = '::1 own.example.com\n192.0.2.99 own.example.com\n';

type Told = readonly string[] | string;

const ok = (value: string): ReadOutcome<string> => ({ kind: 'ok', value });

describe('a name', () => {
  let server: DnsServer;
  let other: DnsServer;
  beforeEach(async () => {
    server = await dnsServer({ records: RECORDS });
    other = await dnsServer({ records: RECORDS });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  interface Files {
    readonly resolvConf?: ReadOutcome<string>;
    readonly hosts?: ReadOutcome<string>;
    readonly nameServers?: readonly string[];
    readonly checkTimeout?: number;
    readonly onRead?: () => void;
  }
  const both = (): readonly string[] => [server, other].map(({ address, port }) => `${address}:${port}`);
  const world = ({ resolvConf = ok(RESOLV_CONF), hosts = ok(HOSTS), nameServers = both(), checkTimeout = 10_000, onRead = () => {} }: Files = {}): ResolveWorld => ({
    sources: {
      askDns,
      async readResolvConf() {
        onRead();
        return await Promise.resolve(resolvConf);
      },
      readHosts: async () => await Promise.resolve(hosts),
      resolvConf: '/etc/resolv.conf',
      nowMs: () => performance.now(),
    },
    settings: { nameServers, checkTimeout },
    signal: new AbortController().signal,
  });
  const resolve = async (host: string, files?: Files): Promise<Told> => {
    const outcome = await resolveName(host, world(files));
    return outcome.kind === 'ok' ? outcome.value : told(outcome);
  };
  const withPorts = (text: Told): Told => (typeof text === 'string' ? text.replaceAll(`:${server.port}`, ':ONE').replaceAll(`:${other.port}`, ':OTHER') : text);

  it('that is an address is its own, and localhost is this machine, without a question', async () => {
    assert.deepEqual(await resolve('192.0.2.1'), ['192.0.2.1']);
    assert.deepEqual(await resolve('[2001:db8::1]'), ['2001:db8::1']);
    assert.deepEqual(await resolve('localhost'), ['127.0.0.1', '::1']);
    assert.deepEqual(await resolve('db.LOCALHOST.'), ['127.0.0.1', '::1']);
    assert.equal(await resolve('no name'), 'not-resolved: "no name" is no name');
    assert.deepEqual([...server.asked(), ...other.asked()], []);
  });

  it('that stands in the hosts file has the addresses from there, IPv4 first', async () => {
    assert.deepEqual(await resolve('Own.example.com.'), ['192.0.2.99', '::1']);
    assert.deepEqual(server.asked(), []);
  });

  it('is asked of the first name server, A and AAAA', async () => {
    assert.deepEqual(await resolve('db.example.com'), ['192.0.2.7', '2001:db8::7']);
    assert.sameMembers([...server.asked()], ['UDP A db.example.com.', 'UDP AAAA db.example.com.']);
    assert.deepEqual(other.asked(), []);
    assert.deepEqual(await resolve('only6.example.com'), ['2001:db8::6']);
  });

  it('with fewer dots than ndots is completed first', async () => {
    assert.deepEqual(await resolve('db'), ['10.96.0.7']);
    assert.notInclude(server.asked(), 'UDP A db.');
    assert.equal(await resolve('db.'), 'not-resolved: name db. not found');
    assert.equal(await resolve('nobody'), 'not-resolved: name nobody not found');
    assert.deepEqual(server.asked().filter((asked) => asked.startsWith('UDP A nobody')), ['UDP A nobody.default.svc.cluster.local.', 'UDP A nobody.svc.cluster.local.', 'UDP A nobody.']);
  });

  it('without an address is not resolved', async () => {
    assert.equal(await resolve('mail.example.com'), 'not-resolved: name mail.example.com has no address');
    assert.equal(await resolve('nobody.example.com'), 'not-resolved: name nobody.example.com not found');
  });

  it('is asked over TCP where the answer does not fit', async () => {
    await server.behave({ udp: 'truncated' });
    assert.deepEqual(await resolve('db.example.com'), ['192.0.2.7', '2001:db8::7']);
  });

  it('is asked of the second name server where the first fails, and is not resolved where both do', async () => {
    await server.behave({ udp: 'closed' });
    assert.deepEqual(await resolve('db.example.com'), ['192.0.2.7', '2001:db8::7']);
    await other.behave({ udp: 'SERVFAIL' });
    assert.equal(withPorts(await resolve('db.example.com')), 'refused: name db.example.com not resolved (name server 127.0.0.1:ONE: connection refused)');
  });

  it('needs no more time than one attempt may take, however many name servers are silent', async () => {
    await server.behave({ udp: 'silent' });
    assert.deepEqual(await resolve('db.example.com', { checkTimeout: 300 }), ['192.0.2.7', '2001:db8::7']);
    await other.behave({ udp: 'silent' });
    assert.equal(withPorts(await resolve('db', { checkTimeout: 300 })), 'timeout: name db not resolved (name server 127.0.0.1:ONE: no answer within 0.3 s)');
  });

  it('is resolved with an address of one family, where the other is not answered', async () => {
    await server.behave({ udp: ({ type }) => (type === 'AAAA' ? 'SERVFAIL' : 'answers') });
    assert.deepEqual(await resolve('db.example.com'), ['192.0.2.7']);
    assert.deepEqual(await resolve('only6.example.com'), ['2001:db8::6'], 'the second name server knows it');
  });

  it('is resolved without the files, where name servers are given', async () => {
    const absent: ReadOutcome<string> = { kind: 'absent', message: '/etc/resolv.conf: no such file or directory' };
    assert.deepEqual(await resolve('db.example.com', { resolvConf: absent, hosts: absent }), ['192.0.2.7', '2001:db8::7']);
  });

  it('cannot be told about without a name server', async () => {
    const failed = { kind: 'failed', message: '/etc/resolv.conf: no answer within 3000 ms' } as const;
    assert.equal(await resolve('db.example.com', { nameServers: [] }), 'local: name db.example.com not resolved (no name server in /etc/resolv.conf)');
    assert.equal(await resolve('db.example.com', { nameServers: [], resolvConf: failed }), 'local: name db.example.com not resolved (/etc/resolv.conf: no answer within 3000 ms)');
  });

  it('and others of the same look read the files once', async () => {
    let reads = 0;
    const shared = world({ onRead: () => reads++ });
    await Promise.all(['db.example.com', 'only6.example.com'].map((host) => resolveName(host, shared)));
    assert.equal(reads, 1);
    await resolveName('db.example.com', shared);
    assert.equal(reads, 2, 'what was read is not kept');
  });
});
