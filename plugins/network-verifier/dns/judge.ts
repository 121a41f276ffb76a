import { type Verdict, healthy, partOf, problem, unknownOf } from '../../core/verdict.ts';
import type { Fault } from '../attempt.ts';
import { SCOPE_WORDS, type Scope } from '../scope.ts';
import type { Transport } from '../sources.ts';
import type { Attempt } from './ask-server.ts';
import type { Finding } from './findings.ts';

/** Which reason of ClusterDNSUnavailable a fault is. Those of TLS and HTTP cannot come up here. */
const REASON_OF: Partial<Readonly<Record<Fault, string>>> = {
  'timeout': 'DNSTimeout',
  'silent': 'DNSTimeout',
  'unreachable': 'DNSTimeout',
  'refused': 'DNSRefused',
  'reset': 'DNSRefused',
  'rcode-refused': 'DNSRefused',
  'server-failure': 'DNSServerFailure',
  'name-not-found': 'DNSNameNotFound',
  'wrong-answer': 'DNSWrongAnswer',
  'malformed': 'DNSMalformedAnswer',
};

/** Told by an answer, which is the same whatever it came over: not told of TCP, too. */
const OF_ANSWERS: ReadonlySet<Fault | undefined> = new Set<Fault>(['rcode-refused', 'server-failure', 'name-not-found', 'wrong-answer']);

/** Whatever it says, a message of DNS came back. */
export function hasAnswered({ outcome }: Attempt): boolean {
  return outcome.kind === 'ok' || (outcome.kind === 'failed' && OF_ANSWERS.has(outcome.fault));
}

/** Faults of a name; all others are of the server, whatever it was asked for. */
export const OF_NAMES: ReadonlySet<Fault | undefined> = new Set<Fault>(['name-not-found', 'wrong-answer']);

const TRANSPORTS: readonly Transport[] = ['UDP', 'TCP'];
const MOST_NAMES_TOLD = 3;

interface Judged {
  /** `10.96.0.10:53` */
  readonly server: string;
  readonly scope: Scope;
  readonly attempts: readonly Attempt[];
  readonly findings: readonly Finding[];
  /** How things look around it, see `Problem.outlook`. */
  readonly outlook: string;
}

/** Verdicts about one name server: of each transport at most one problem for each reason. Pure. */
export function judgeServer(judged: Judged): readonly Verdict[] {
  return TRANSPORTS.flatMap((transport) => judgeTransport(judged, transport));
}

function judgeTransport({ server, scope, attempts, findings, outlook }: Judged, transport: Transport): readonly Verdict[] {
  const subject = partOf(server, transport);
  const where = `name server ${server} over ${transport} ${SCOPE_WORDS[scope]}`;
  const tried = attempts.filter((attempt) => attempt.transport === transport);
  const told = findings.flatMap((finding) => {
    const own = finding.attempts.filter((attempt) => attempt.transport === transport && !isRepeated(attempt, finding, findings));
    return own.length > 0 ? [{ ...finding, attempts: own }] : [];
  });
  const problems = [...Map.groupBy(told, ({ fault }) => reasonOf(fault))].map(([reason, ofReason]) => {
    return { ...problem(reason, subject, `${where}: ${inWords(ofReason, tried.length)}`), outlook };
  });
  const local = tried.flatMap(({ outcome }) => (outcome.kind === 'local' ? [outcome] : []))[0];
  if (local !== undefined) return [...problems, unknownOf(subject, `${where}: ${local.message}`, local.cause)];
  return problems.length > 0 || tried.length === 0 ? problems : [healthy];
}

function isRepeated(attempt: Attempt, { fault, words }: Finding, findings: readonly Finding[]): boolean {
  if (attempt.transport === 'UDP' || !OF_ANSWERS.has(fault)) return false;
  return findings.some((other) => other.words === words && other.attempts.some(({ transport, asked, type }) => transport === 'UDP' && asked === attempt.asked && type === attempt.type));
}

/** A fault that is missing in the table comes out as a reason that the condition has not got, and so as unknown. */
function reasonOf(fault: Fault | undefined): string {
  return fault === undefined ? 'DNSSlow' : REASON_OF[fault] ?? fault;
}

/** `no answer within 3 s for example.com A, AAAA`; without the names where they do not matter. */
function inWords(findings: readonly Finding[], triedCount: number): string {
  const groups = [...Map.groupBy(findings, ({ words }) => words)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return groups.map(([words, group]) => {
    const attempts = group.flatMap((finding) => finding.attempts);
    const isOfServer = group.every(({ fault }) => fault === undefined || (!OF_NAMES.has(fault) && attempts.length === triedCount));
    return isOfServer ? words : `${words} for ${questionsOf(attempts)}`;
  }).join(', ');
}

function questionsOf(attempts: readonly Attempt[]): string {
  const byName = [...Map.groupBy(attempts, ({ asked: { name } }) => name.slice(0, -1))].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const told = byName.slice(0, MOST_NAMES_TOLD).map(([name, ofName]) => `${name} ${[...new Set(ofName.map(({ type }) => type))].toSorted().join('+')}`);
  return told.join(', ') + (byName.length > told.length ? ` (+${byName.length - told.length} more)` : '');
}
