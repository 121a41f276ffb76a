import { assert } from 'chai';
import { type Answer, decode, encode } from 'dns-packet';
import * as fc from 'fast-check';
import { canonicalAddress } from '../../../../plugins/network-verifier/dns/canonical-address.ts';
import { type Asked, decodeMessage, encodeQuestion } from '../../../../plugins/network-verifier/dns/message.ts';

const ASKED: Asked = { id: 4711, name: 'db.example.com.', type: 'A' };
const A = (name: string, data: string): Answer => ({ type: 'A', name, ttl: 5, data });
const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 5, data });
const opt = (extendedRcode: number): Answer => ({ type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode, ednsVersion: 0, flags: 0, flag_do: false, options: [] });

interface Parts {
  readonly flags?: number;
  readonly questions?: readonly { readonly type: 'A' | 'AAAA'; readonly name: string; readonly class?: 'IN' | 'CH' }[];
  readonly answers?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

function response({ flags = 0, questions = [{ type: 'A', name: 'db.example.com' }], answers = [], additionals = [] }: Parts): Buffer {
  return encode({ type: 'response', id: ASKED.id, flags, questions: [...questions], answers: [...answers], additionals: [...additionals] });
}

const answered = (addresses: readonly string[], rcode = 'NOERROR'): unknown => ({ kind: 'answer', rcode, addresses, isTruncated: false });
const MISFIT = { kind: 'misfit' };
const MALFORMED = { kind: 'malformed' };

const replies: readonly { readonly name: string; readonly parts: Parts; readonly want: unknown }[] = [
  { name: 'with addresses, in their order', parts: { answers: [A('db.example.com', '192.0.2.2'), A('db.example.com', '192.0.2.1')] }, want: answered(['192.0.2.2', '192.0.2.1']) },
  { name: 'with the name in capitals', parts: { questions: [{ type: 'A', name: 'DB.Example.COM' }], answers: [A('DB.Example.COM', '192.0.2.1')] }, want: answered(['192.0.2.1']) },
  { name: 'with aliases in any order', parts: { answers: [A('c.example', '192.0.2.3'), alias('b.example', 'c.example'), alias('db.example.com', 'b.example')] }, want: answered(['192.0.2.3']) },
  { name: 'with a loop of aliases', parts: { answers: [alias('db.example.com', 'b.example'), alias('b.example', 'db.example.com')] }, want: answered([]) },
  { name: 'with addresses of another name', parts: { answers: [A('other.example', '192.0.2.66')] }, want: answered([]) },
  { name: 'with NXDOMAIN', parts: { flags: 3 }, want: answered([], 'NXDOMAIN') },
  { name: 'with a return code above 15', parts: { flags: 0, additionals: [opt(1)] }, want: answered([], 'rcode 16') },
  { name: 'with a return code without a name', parts: { flags: 15 }, want: answered([], 'rcode 15') },
  { name: 'that refuses without repeating the question', parts: { flags: 5, questions: [] }, want: answered([], 'REFUSED') },
  { name: 'that knows nothing without repeating the question', parts: { flags: 3, questions: [] }, want: MISFIT },
  { name: 'to another name', parts: { questions: [{ type: 'A', name: 'db.example.org' }] }, want: MISFIT },
  { name: 'to another type', parts: { questions: [{ type: 'AAAA', name: 'db.example.com' }] }, want: MISFIT },
  { name: 'to another class', parts: { questions: [{ type: 'A', name: 'db.example.com', class: 'CH' }] }, want: MISFIT },
  { name: 'to two questions', parts: { questions: [{ type: 'A', name: 'db.example.com' }, { type: 'A', name: 'db.example.com' }] }, want: MISFIT },
];

describe('a DNS message', () => {
  it('asks for recursion, with room for 1,232 bytes where the other side knows EDNS', () => {
    const { id, flag_qr, flag_rd, questions, additionals = [] } = decode(encodeQuestion(ASKED, true));
    assert.deepInclude({ id, flag_qr, flag_rd }, { id: 4711, flag_qr: false, flag_rd: true });
    assert.deepEqual(questions, [{ type: 'A', name: 'db.example.com', class: 'IN' }]);
    assert.deepInclude(additionals[0], { type: 'OPT', udpPayloadSize: 1232 });
    assert.deepEqual(decode(encodeQuestion(ASKED, false)).additionals, []);
  });

  for (const { name, parts, want } of replies) {
    it(name, () => {
      assert.deepEqual(decodeMessage(response(parts), ASKED), want);
    });
  }

  it('with another ID, or that asks, does not fit', () => {
    assert.deepEqual(decodeMessage(response({}), { ...ASKED, id: 1 }), MISFIT);
    assert.deepEqual(decodeMessage(encodeQuestion(ASKED, false), ASKED), MISFIT);
  });

  const whole = response({ answers: [alias('db.example.com', 'b.example'), A('b.example', '192.0.2.1'), A('b.example', '192.0.2.2')], additionals: [opt(0)] });

  it('that is cut anywhere is none', () => {
    for (let end = 0; end < whole.length; end++) assert.deepEqual(decodeMessage(whole.subarray(0, end), ASKED), MALFORMED, `${end} bytes`);
  });

  it('that is cut, and says so, is to be asked for over TCP', () => {
    const cut = response({ flags: 0x200, answers: [A('db.example.com', '192.0.2.1'), A('db.example.com', '192.0.2.2')] }).subarray(0, -7);
    assert.deepEqual(decodeMessage(cut, ASKED), { kind: 'answer', rcode: 'NOERROR', addresses: [], isTruncated: true });
    assert.deepEqual(decodeMessage(cut, { ...ASKED, id: 1 }), MALFORMED);
  });

  it('that promises more than is there is none', () => {
    for (const at of [4, 6, 8, 10]) {
      const lie = Buffer.from(whole);
      lie.writeUInt16BE(0xffff, at);
      assert.deepEqual(decodeMessage(lie, ASKED), MALFORMED);
    }
  });

  it('of garbage is none, whatever stands in its header', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => {
      assert.notEqual(decodeMessage(Buffer.from(junk), ASKED).kind, 'answer');
      const withHeader = Buffer.concat([whole.subarray(0, 12), junk]);
      const message = decodeMessage(withHeader, ASKED);
      assert.isTrue(message.kind !== 'answer' || message.addresses.length === 0);
    }), { numRuns: 2_000 });
  });

  it('with bytes that have changed never crashes the reader', () => {
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      const message = decodeMessage(damaged, ASKED);
      assert.include(['answer', 'misfit', 'malformed'], message.kind);
    }), { numRuns: 2_000 });
  });

  it('has addresses of which each has one text', () => {
    const AAAA: Asked = { ...ASKED, type: 'AAAA' };
    const reply = encode({
      type: 'response', id: ASKED.id, questions: [{ type: 'AAAA', name: 'db.example.com' }],
      answers: ['2001:db8:0:0:1:0:0:1', '::1', '::', '::ffff:192.0.2.1', 'fe80::1'].map((data) => ({ type: 'AAAA', name: 'db.example.com', ttl: 5, data })),
    });
    assert.deepEqual(decodeMessage(reply, AAAA), answered(['2001:db8::1:0:0:1', '::1', '::', '::ffff:192.0.2.1', 'fe80::1']));
    assert.equal(canonicalAddress('2001:DB8:0::0001'), '2001:db8::1');
    assert.equal(canonicalAddress('192.0.2.1'), '192.0.2.1');
  });
});
