import { type Answer, TRUNCATED_RESPONSE, decode, encode } from 'dns-packet';
import { isIP } from 'node:net';
import type { DnsQuestion } from '../../plugins/network-verifier/sources.ts';

/** Addresses by name, in lower case and without the final dot; a name among them is an alias. What is missing is NXDOMAIN. */
export type Records = Readonly<Record<string, readonly string[]>>;

export interface Asked extends Pick<DnsQuestion, 'name' | 'type' | 'transport'> {
  readonly id: number;
  readonly hasEdns: boolean;
}

/** Numbers of return codes, RFC 1035 section 4.1.1. */
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

interface Shape {
  readonly rcode?: keyof typeof RCODES;
  readonly flags?: number;
  readonly id?: number;
  readonly name?: string;
  readonly answers?: Answer[];
}

type Make = (asked: Asked, records: Records) => Buffer;

/** What one message can be. */
export type MessageManner =
  | 'answers' | 'SERVFAIL' | 'REFUSED' | 'FORMERR' | 'NXDOMAIN'
  /** A server from before EDNS: FORMERR to whoever uses it. */
  | 'knows-no-edns'
  /** Says that the answer did not fit; the other one cuts it in the middle of a record, too. */
  | 'truncated' | 'cut-on-purpose'
  /** No DNS message; the first part of one; more records promised than are there; another ID; another question; the question itself. */
  | 'garbage' | 'cut-short' | 'promises' | 'other-id' | 'other-question' | 'echo';

const MESSAGES: Readonly<Record<MessageManner, Make>> = {
  'answers': usual,
  'SERVFAIL': (asked) => shaped(asked, { rcode: 'SERVFAIL' }),
  'REFUSED': (asked) => shaped(asked, { rcode: 'REFUSED' }),
  'FORMERR': (asked) => shaped(asked, { rcode: 'FORMERR' }),
  'NXDOMAIN': (asked) => shaped(asked, { rcode: 'NXDOMAIN' }),
  'knows-no-edns': (asked, records) => (asked.hasEdns ? shaped(asked, { rcode: 'FORMERR' }) : usual(asked, records)),
  'truncated': (asked) => shaped(asked, { flags: TRUNCATED_RESPONSE }),
  'cut-on-purpose': (asked, records) => shaped(asked, { flags: TRUNCATED_RESPONSE, answers: answersTo(asked, records) ?? [] }).subarray(0, -3),
  'garbage': () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'cut-short': (asked, records) => usual(asked, records).subarray(0, -3),
  'promises': (asked, records) => Buffer.concat([usual(asked, records).subarray(0, 6), Buffer.alloc(6, 0xff), usual(asked, records).subarray(12)]),
  'other-id': (asked) => shaped(asked, { id: (asked.id + 1) & 0xffff }),
  'other-question': (asked) => shaped(asked, { name: `other.${asked.name}` }),
  'echo': ({ id, type, name }) => encode({ type: 'query', id, questions: [{ type, name }] }),
};

/** The message that meets a question in this manner. */
export function messageIn(manner: MessageManner, asked: Asked, records: Records): Buffer {
  return MESSAGES[manner](asked, records);
}

/** What a client has asked for. */
export function askedIn(bytes: Buffer, transport: Asked['transport']): Asked {
  const { id = 0, questions: [question] = [], additionals = [] } = decode(bytes);
  return { id, name: `${question?.name ?? ''}.`, type: question?.type === 'AAAA' ? 'AAAA' : 'A', transport, hasEdns: additionals.some(({ type }) => type === 'OPT') };
}

function usual(asked: Asked, records: Records): Buffer {
  const answers = answersTo(asked, records);
  return shaped(asked, answers === undefined ? { rcode: 'NXDOMAIN' } : { answers });
}

function shaped(asked: Asked, { rcode = 'NOERROR', flags = 0, id = asked.id, name = asked.name, answers = [] }: Shape): Buffer {
  return encode({ type: 'response', id, flags: RCODES[rcode] | flags, questions: [{ type: asked.type, name }], answers });
}

/** Undefined for a name that is not there. */
function answersTo({ name, type }: Pick<Asked, 'name' | 'type'>, records: Records): Answer[] | undefined {
  const bare = name.toLowerCase().replace(/\.$/, '');
  return records[bare]?.flatMap((datum): Answer[] => {
    const family = isIP(datum);
    if (family === 0) return [{ type: 'CNAME', name: bare, ttl: 5, data: datum }, ...(answersTo({ name: datum, type }, records) ?? [])];
    return family === (type === 'A' ? 4 : 6) ? [{ type, name: bare, ttl: 5, data: datum }] : [];
  });
}
