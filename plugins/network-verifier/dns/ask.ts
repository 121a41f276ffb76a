import { randomInt } from 'node:crypto';
import { quote } from '../../core/errors.ts';
import type { AttemptLimits, Outcome } from '../attempt.ts';
import { failed } from '../attempts/failures.ts';
import type { AskDns, DnsAnswer, DnsQuestion } from '../sources.ts';
import type { Answered, SendQuestion } from './exchange.ts';
import { isDomainName } from './fqdn.ts';
import { decodeMessage, encodeQuestion } from './message.ts';
import { sendOverTcp } from './over-tcp.ts';
import { sendOverUdp } from './over-udp.ts';

const SEND: Readonly<Record<DnsQuestion['transport'], SendQuestion>> = { UDP: sendOverUdp, TCP: sendOverTcp };

/** Said by who does not know EDNS, RFC 6891 section 7. */
const EDNS_UNKNOWN: ReadonlySet<string> = new Set(['FORMERR', 'NOTIMP']);

/**
 * Asks one name server one question, see `AskDns`. Connects only to its address; no system resolver has a part in it. Who does not
 * know EDNS is asked again without it, as libc asks.
 */
export const askDns: AskDns = async (question, limits) => {
  if (!isDomainName(question.name)) return { kind: 'local', message: `${quote(question.name)} is no name that can be asked for` };
  const toldMs = limits.timeoutMs;
  const startMs = performance.now();
  const first = await ask(question, { limits, toldMs, hasEdns: true });
  if (first.kind !== 'ok' || !EDNS_UNKNOWN.has(first.value.rcode)) return answerOf(first);
  const tookMs = performance.now() - startMs;
  const second = await ask(question, { limits: { ...limits, timeoutMs: limits.timeoutMs - tookMs }, toldMs, hasEdns: false });
  return answerOf(second.kind === 'local' ? second : { ...second, tookMs: tookMs + second.tookMs });
};

interface Manner {
  readonly limits: AttemptLimits;
  /** As `Exchange.toldMs`. */
  readonly toldMs: number;
  readonly hasEdns: boolean;
}

function ask({ server, transport, name, type }: DnsQuestion, { limits, toldMs, hasEdns }: Manner): Promise<Outcome<Answered>> {
  const asked = { id: randomInt(0x1_0000), name, type };
  return SEND[transport]({ server, question: encodeQuestion(asked, hasEdns), limits, toldMs, read: (bytes) => decodeMessage(bytes, asked) });
}

/** NXDOMAIN is an answer, every other return code but NOERROR a fault. Pure. */
function answerOf(outcome: Outcome<Answered>): Outcome<DnsAnswer> {
  if (outcome.kind !== 'ok') return outcome;
  const { tookMs, value: { rcode, addresses, isTruncated } } = outcome;
  if (rcode === 'NOERROR' || rcode === 'NXDOMAIN') return { kind: 'ok', tookMs, value: { rcode, addresses, isTruncated } };
  return failed(rcode === 'REFUSED' ? 'rcode-refused' : 'server-failure', `return code ${rcode}`, tookMs);
}
