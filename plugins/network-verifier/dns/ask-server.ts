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

export interface Asking {
  readonly askDns: AskDns;
  readonly limits: AttemptLimits;
  /** The first question is asked over TCP, too. */
  readonly isOverTcp: boolean;
}

/**
 * Asks one name server all names, A and AAAA over UDP, all at once, and where that is wanted the first question over TCP, too; then what
 * did not fit into a packet over TCP. It takes two attempts at most.
 */
export async function askServer(server: Endpoint, names: readonly AskedName[], { askDns, limits, isOverTcp }: Asking): Promise<readonly Attempt[]> {
  const ask = async (asked: AskedName, type: RecordType, transport: Transport): Promise<Attempt> => {
    return { asked, type, transport, outcome: await askDns({ server, transport, name: asked.name, type }, limits) };
  };
  const questions = names.flatMap((asked) => typesOf(asked).map((type) => ({ asked, type })));
  const again = isOverTcp ? questions.slice(0, 1) : [];
  const [overTcp, overUdp] = await Promise.all([
    Promise.all(again.map(({ asked, type }) => ask(asked, type, 'TCP'))),
    Promise.all(questions.map(({ asked, type }) => ask(asked, type, 'UDP'))),
  ]);
  // What the first question asks for came over TCP anyway.
  const cut = overUdp.slice(again.length).filter(({ outcome }) => outcome.kind === 'ok' && outcome.value.isTruncated);
  return [...overUdp, ...overTcp, ...(await Promise.all(cut.map(({ asked, type }) => ask(asked, type, 'TCP'))))];
}

function typesOf(asked: AskedName): readonly RecordType[] {
  return asked === PROBE ? ['A'] : ['A', 'AAAA'];
}
