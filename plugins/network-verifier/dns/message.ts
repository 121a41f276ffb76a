import { type Answer, type DecodedPacket, RECURSION_DESIRED, decode, encode } from 'dns-packet';
import { isIP } from 'node:net';
import type { RecordType } from '../sources.ts';
import { canonicalAddress } from './canonical-address.ts';
import { bareName } from './fqdn.ts';

/** What fits into one packet on every path, as the DNS Flag Day of 2020 has it (dnsflagday.net/2020). */
const UDP_BYTES = 1232;

/** Return codes by number, RFC 1035 section 4.1.1 and RFC 2136 section 2.2; those above 10 are told as numbers. */
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'];

/** What a message that comes back is to fit to. */
export interface Asked {
  readonly id: number;
  /** With or without the final dot. */
  readonly name: string;
  readonly type: RecordType;
}

/** A message from the other side. */
export type Message =
  /** Answers what was asked. `rcode` as `SERVFAIL`, or `rcode 23`. */
  | { readonly kind: 'answer'; readonly rcode: string; readonly addresses: readonly string[]; readonly isTruncated: boolean }
  /** Answers another question, or none. */
  | { readonly kind: 'misfit' }
  /** No DNS message, or one that was cut short. */
  | { readonly kind: 'malformed' };

/**
 * A question that asks for recursion, RFC 1035 section 4.1.
 *
 * @param hasEdns with an OPT record (RFC 6891), so that an answer of up to 1,232 bytes comes in one packet
 */
export function encodeQuestion({ id, name, type }: Asked, hasEdns: boolean): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type, name: bareName(name), class: 'IN' }],
    ...(hasEdns && { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: UDP_BYTES, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] }] }),
  });
}

/** Reads what came back. Never throws: what cannot be read is `malformed`. */
export function decodeMessage(bytes: Buffer, asked: Asked): Message {
  const packet = decodeWhole(bytes);
  if (packet === undefined) return isCutOnPurpose(bytes, asked) ? { kind: 'answer', rcode: 'NOERROR', addresses: [], isTruncated: true } : { kind: 'malformed' };
  const rcode = rcodeOf(packet);
  if (packet.id !== asked.id || !packet.flag_qr || !fits(packet, asked, rcode)) return { kind: 'misfit' };
  const addresses = addressesIn(packet.answers ?? [], asked);
  return addresses === undefined ? { kind: 'malformed' } : { kind: 'answer', rcode, addresses, isTruncated: packet.flag_tc };
}

/** Header, and the least that a question and a record take, RFC 1035 section 4.1. */
const [HEADER_BYTES, QUESTION_BYTES, RECORD_BYTES] = [12, 5, 11];

function decodeWhole(bytes: Buffer): DecodedPacket | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  // The decoder makes room for as many as the header promises, before it looks whether they are there.
  const records = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  if (HEADER_BYTES + QUESTION_BYTES * bytes.readUInt16BE(4) + RECORD_BYTES * records > bytes.length) return undefined;
  try {
    const packet = decode(bytes);
    // It reads an address beyond the end without complaint.
    return decode.bytes > bytes.length ? undefined : packet;
  } catch {
    return undefined;
  }
}

/** Some servers cut an answer that is too long in the middle of a record, and say so in the header: QR and TC. */
function isCutOnPurpose(bytes: Buffer, { id }: Asked): boolean {
  return bytes.length >= HEADER_BYTES && bytes.readUInt16BE(0) === id && (bytes.readUInt16BE(2) & 0x8200) === 0x8200;
}

/** Four bits stand in the header and eight more in the OPT record, RFC 6891 section 6.1.3. */
function rcodeOf({ flags = 0, additionals = [] }: DecodedPacket): string {
  const high = additionals.find((record) => record.type === 'OPT')?.extendedRcode ?? 0;
  const code = 16 * high + (flags & 0xf);
  return RCODES[code] ?? `rcode ${code}`;
}

/** Who could not read the question, or did not want to, may leave it out of the answer. */
function fits({ questions = [] }: DecodedPacket, { name, type }: Asked, rcode: string): boolean {
  const [question, ...more] = questions;
  if (question === undefined) return rcode !== 'NOERROR' && rcode !== 'NXDOMAIN';
  return more.length === 0 && question.type === type && question.class === 'IN' && bareName(question.name) === bareName(name);
}

/** More aliases than any resolver follows; an answer may hold a loop of them. */
const MOST_ALIASES = 16;

/** Of the name that was asked for, or of what it is an alias of. Undefined if one of them is no address. */
function addressesIn(answers: readonly Answer[], { name, type }: Asked): readonly string[] | undefined {
  const owned = Map.groupBy(answers.filter((record) => 'class' in record && record.class === 'IN'), (record) => bareName(record.name));
  let owner = bareName(name);
  for (let count = 0; count < MOST_ALIASES; count++) {
    const records = owned.get(owner) ?? [];
    const [alias] = records.flatMap((record) => (record.type === 'CNAME' ? [record.data] : []));
    if (alias === undefined) {
      const texts = records.flatMap((record) => (record.type === type ? [record.data] : []));
      return texts.every((text) => isIP(text) === (type === 'A' ? 4 : 6)) ? texts.map(canonicalAddress) : undefined;
    }
    owner = bareName(alias);
  }
  return [];
}
