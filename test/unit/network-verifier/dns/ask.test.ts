import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { quote } from '../../../../plugins/core/errors.ts';
import { askDns } from '../../../../plugins/network-verifier/dns/ask.ts';
import type { DnsAnswer, DnsQuestion, Transport } from '../../../../plugins/network-verifier/sources.ts';
import { type DnsServer, type Manner, dnsServer } from '../../../support/dns-server.ts';
import { eventually } from '../../../support/eventually.ts';
import { limits, told } from '../../../support/outcome-text.ts';

const RECORDS = {
  'db.example.com': ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
  'www.example.com': ['web.example.com'],
  'web.example.com': ['192.0.2.80', '2001:db8::80'],
  'only6.example.com': ['::ffff:192.0.2.9'],
};

type Told = DnsAnswer | string;

/** For those that wait until it is over. */
const SHORT_MS = 150;

describe('one question to one name server', () => {
  let server: DnsServer;
  beforeEach(async () => (server = await dnsServer({ records: RECORDS })));
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = async (transport: Transport, question: Partial<DnsQuestion> = {}, timeoutMs?: number): Promise<Told> => {
    const outcome = await askDns({ server, transport, name: 'db.example.com.', type: 'A', ...question }, limits(timeoutMs));
    return outcome.kind === 'ok' ? outcome.value : told(outcome);
  };
  const found = (...addresses: readonly string[]): DnsAnswer => ({ rcode: 'NOERROR', addresses, isTruncated: false });

  for (const transport of ['UDP', 'TCP'] as const) {
    it(`is answered over ${transport} with the addresses of the type that was asked for`, async () => {
      assert.deepEqual(await ask(transport), found('192.0.2.1', '192.0.2.2'));
      assert.deepEqual(await ask(transport, { type: 'AAAA' }), found('2001:db8::1'));
      assert.deepEqual(await ask(transport, { name: 'only6.example.com.' }), found());
      assert.deepEqual(await ask(transport, { name: 'only6.example.com.', type: 'AAAA' }), found('::ffff:192.0.2.9'));
      assert.deepEqual(await ask(transport, { name: 'nobody.example.com.' }), { rcode: 'NXDOMAIN', addresses: [], isTruncated: false });
      assert.deepEqual(server.asked().slice(0, 2), [`${transport} A db.example.com.`, `${transport} AAAA db.example.com.`]);
    });
  }

  it('is answered over IPv6, too', async function () {
    const six = await dnsServer({ records: RECORDS }, { address: '::1' }).catch(() => undefined);
    if (six === undefined) this.skip();
    for (const transport of ['UDP', 'TCP'] as const) assert.deepEqual(await ask(transport, { server: six }), found('192.0.2.1', '192.0.2.2'));
    await six[Symbol.asyncDispose]();
  });

  it('is answered through aliases', async () => {
    assert.deepEqual(await ask('UDP', { name: 'WWW.example.com.' }), found('192.0.2.80'));
    await server.behave({ records: { ...RECORDS, 'www.example.com': ['nobody.example.com'] } });
    assert.deepEqual(await ask('UDP', { name: 'www.example.com.' }), found());
  });

  it('may have an answer that does not fit into a packet', async () => {
    for (const manner of ['truncated', 'cut-on-purpose'] as const) {
      await server.behave({ udp: manner });
      assert.deepInclude(await ask('UDP'), { rcode: 'NOERROR', isTruncated: true });
    }
  });

  it('is asked again without EDNS where that is not known', async () => {
    await server.behave({ udp: 'knows-no-edns', tcp: 'knows-no-edns' });
    assert.deepEqual(await ask('UDP'), found('192.0.2.1', '192.0.2.2'));
    assert.deepEqual(await ask('TCP'), found('192.0.2.1', '192.0.2.2'));
    assert.lengthOf(server.asked(), 4);
  });

  const MALFORMED = 'malformed: an answer that is no DNS message, or is cut short';
  const faults: readonly { readonly manner: Manner; readonly udp?: Told; readonly tcp?: Told; readonly isLate?: boolean }[] = [
    { manner: 'silent', udp: 'timeout: no answer within 0.15 s', tcp: 'silent: a connection and no answer within 0.15 s', isLate: true },
    { manner: 'closed', udp: 'refused: connection refused', tcp: 'refused: connection refused' },
    { manner: 'SERVFAIL', udp: 'server-failure: return code SERVFAIL', tcp: 'server-failure: return code SERVFAIL' },
    { manner: 'FORMERR', udp: 'server-failure: return code FORMERR', tcp: 'server-failure: return code FORMERR' },
    { manner: 'REFUSED', udp: 'rcode-refused: return code REFUSED', tcp: 'rcode-refused: return code REFUSED' },
    { manner: 'garbage', udp: MALFORMED, tcp: MALFORMED },
    { manner: 'cut-short', udp: MALFORMED, tcp: MALFORMED },
    { manner: 'promises', udp: MALFORMED, tcp: MALFORMED },
    { manner: 'other-id', udp: 'malformed: only answers to other questions', tcp: 'malformed: only answers to other questions', isLate: true },
    { manner: 'other-question', udp: 'malformed: only answers to other questions', tcp: 'malformed: only answers to other questions', isLate: true },
    { manner: 'echo', udp: 'malformed: only answers to other questions', tcp: 'malformed: only answers to other questions', isLate: true },
    { manner: 'reset', tcp: 'reset: connection cut off before an answer' },
    { manner: 'hangs-up', tcp: 'reset: connection cut off before an answer' },
    { manner: 'half', tcp: MALFORMED },
    { manner: 'half-silent', tcp: 'silent: a connection and no answer within 0.15 s', isLate: true },
  ];
  for (const { manner, udp, tcp, isLate = false } of faults) {
    it(`that is met with "${manner}" says so`, async () => {
      await server.behave({ udp: manner, tcp: manner });
      const timeoutMs = isLate ? SHORT_MS : undefined;
      if (udp !== undefined) assert.deepEqual(await ask('UDP', {}, timeoutMs), udp);
      if (tcp !== undefined) assert.deepEqual(await ask('TCP', {}, timeoutMs), tcp);
      await server.behave({ udp: 'answers', tcp: 'answers' });
      assert.deepEqual([await ask('UDP'), await ask('TCP')], [found('192.0.2.1', '192.0.2.2'), found('192.0.2.1', '192.0.2.2')]);
    });
  }

  it('takes as long as the answer does', async () => {
    await server.behave({ delayMs: 30 });
    const outcome = await askDns({ server, transport: 'UDP', name: 'db.example.com.', type: 'A' }, limits());
    assert.isTrue(outcome.kind === 'ok' && outcome.tookMs >= 25);
  });

  it('that cannot be a name is not asked', async () => {
    for (const name of ['', '.', 'a..b.', `${'a'.repeat(64)}.`, 'with space.', 'abc.'.repeat(64)]) {
      assert.equal(await ask('UDP', { name }), `local: ${quote(name)} is no name that can be asked for`);
    }
    assert.deepEqual(server.asked(), []);
  });

  it('has no answer where no way leads there', async () => {
    // A zone that is no interface of this machine, so that no packet leaves it.
    assert.equal(await ask('UDP', { server: { address: 'fe80::1%no-such-zone', port: 53 } }), 'unreachable: its route leads nowhere');
  });

  it('ends when its look is over, or was already', async () => {
    await server.behave({ udp: 'silent', tcp: 'silent' });
    for (const transport of ['UDP', 'TCP'] as const) {
      const aborted = new AbortController();
      const asked = server.asked().length;
      const outcome = askDns({ server, transport, name: 'db.example.com.', type: 'A' }, { ...limits(), signal: aborted.signal });
      await eventually('the name server to be asked', () => server.asked().length > asked);
      aborted.abort();
      assert.equal(told(await outcome), 'local: the attempt was stopped before it ended');
      assert.equal(told(await askDns({ server, transport, name: 'db.example.com.', type: 'A' }, { ...limits(), signal: aborted.signal })), 'local: the attempt was stopped before it ended');
    }
  });

  it('leaves the system resolver unloaded, whose threads may hang', () => {
    const url = new URL('../../../../plugins/network-verifier/dns/ask.ts', import.meta.url).href;
    const script = `import { askDns } from ${JSON.stringify(url)};
      const signal = new AbortController().signal;
      for (const transport of ['UDP', 'TCP']) await askDns({ server: { address: '127.0.0.1', port: 1 }, transport, name: 'a.b.', type: 'A' }, { timeoutMs: 10_000, signal });
      process.stdout.write(process.moduleLoadList.filter((name) => / (dgram|net|dns)$/.test(name)).toSorted().join());`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.equal(stdout, 'NativeModule dgram,NativeModule net', stderr);
  });
});
