import type { AttemptLimits, Endpoint, Outcome } from '../attempt.ts';
import type { AskDns, DnsAnswer, RecordType, Transport } from '../sources.ts';
import { type AskedName, PROBE } from './names.ts';

/** One question to one name server, and what came of it. */
export interface Attempt {
  readonly asked: AskedName;
  readonly type: RecordType;
  readonly transport: Transport;
  readonly outcome: Outcome<DnsAnswer>;
}

/**
 * Asks one name server all names, A and AAAA over UDP, all at once, and the first question over TCP, too; then what did not fit
 * into a packet over TCP. It takes two attempts at most.
 */
export async function askServer(askDns: AskDns, server: Endpoint, names: readonly AskedName[], limits: AttemptLimits): Promise<readonly Attempt[]> {
  const ask = async (asked: AskedName, type: RecordType, transport: Transport): Promise<Attempt> => {
    return { asked, type, transport, outcome: await askDns({ server, transport, name: asked.name, type }, limits) };
  };
  const [first, ...rest] = names.flatMap((asked) => typesOf(asked).map((type) => ({ asked, type })));
  if (first === undefined) return [];
  const [again, ...overUdp] = await Promise.all([
    ask(first.asked, first.type, 'TCP'),
    ...[first, ...rest].map(({ asked, type }) => ask(asked, type, 'UDP')),
  ]);
  // What the first question asks for came over TCP anyway.
  const cut = overUdp.filter(({ outcome }, index) => index > 0 && outcome.kind === 'ok' && outcome.value.isTruncated);
  return [...overUdp, again, ...(await Promise.all(cut.map(({ asked, type }) => ask(asked, type, 'TCP'))))];
}

function typesOf(asked: AskedName): readonly RecordType[] {
  return asked === PROBE ? ['A'] : ['A', 'AAAA'];
}
