import { type Verdict, healthy, problem, unknownOf } from '../../core/verdict.ts';
import type { Fault, Outcome } from '../attempt.ts';
import type { StatusFault } from '../attempts/http-status.ts';
import { type Scope, SCOPE_WORDS } from '../scope.ts';
import { answersWrong } from '../surroundings.ts';
import type { Target } from './target.ts';

/** What came of one target. */
export interface Tried {
  readonly target: Target;
  /** Where it got to: the name of the target, or the target itself. */
  readonly at: 'name' | 'target';
  /** Of a name: only where it has no address to go on with. */
  readonly outcome: Outcome<unknown>;
  /** HTTP: it answered so, and a target that is well does not. */
  readonly badStatus?: StatusFault;
  /** The address that was tried, where there is only one: `10.96.0.1:443`. */
  readonly endpoint?: string;
}

/** Rows of the condition's table. A fault of DNS is one of the name; a status is no fault of the connection. */
const REASONS: Readonly<Partial<Record<Fault, string>>> = {
  'refused': 'TCPConnectFailed',
  'unreachable': 'TCPConnectFailed',
  'timeout': 'TCPConnectTimeout',
  'reset': 'TCPConnectionReset',
  'silent': 'HTTPTimeout',
  'malformed': 'HTTPCheckFailed',
  'untrusted': 'TargetTLSFailed',
  'expired': 'TargetTLSFailed',
  'wrong-name': 'TargetTLSFailed',
  'tls': 'TargetTLSFailed',
  'not-resolved': 'TargetNotResolved',
};

const ANSWERED = answersWrong('target');

export interface Judging {
  readonly scope: Scope;
  /** How many must be reached. */
  readonly least: number;
  /** Node or target? By the text of a target. */
  readonly outlook: (text: string) => string;
}

export const TARGETS = 'targets';

/** Each by itself where all are needed, else only whether they are enough. Pure. */
export function judgeTargets(tried: readonly Tried[], { scope, least, outlook }: Judging): readonly Verdict[] {
  if (least === tried.length) return tried.map((one) => judgeOne(one, scope, outlook));
  const reachedCount = tried.filter(isReached).length;
  if (reachedCount >= least) return [healthy];
  const [untold = [], missed = []] = [true, false].map((isUntold) => tried.filter((one) => !isReached(one) && isUntried(one) === isUntold));
  const wanted = `${least} of ${tried.length}`;
  if (reachedCount + untold.length >= least) {
    return [unknownOf(TARGETS, `${TARGETS}: whether ${wanted} can be reached cannot be told ${SCOPE_WORDS[scope]}: ${listOf(untold)}`)];
  }
  const [first = missed[0]] = missed.toSorted(byText).filter(({ badStatus }) => badStatus === undefined);
  const message = `${TARGETS}: fewer than ${wanted} can be reached ${SCOPE_WORDS[scope]}: ${listOf(missed)}`;
  return [{ ...problem('QuorumLost', TARGETS, message), outlook: first === undefined ? ANSWERED : outlookOf(first, outlook) }];
}

function judgeOne(one: Tried, scope: Scope, outlook: Judging['outlook']): Verdict {
  const { target: { text }, outcome } = one;
  if (isReached(one)) return healthy;
  const message = `${text}: ${whyNot(one)} (${SCOPE_WORDS[scope]})`;
  if (outcome.kind === 'local') return unknownOf(text, message, outcome.cause);
  return { ...problem(reasonOf(one), text, message), outlook: outlookOf(one, outlook) };
}

export function isReached({ outcome, badStatus, at }: Tried): boolean {
  return at === 'target' && outcome.kind === 'ok' && badStatus === undefined;
}

function isUntried({ outcome }: Tried): boolean {
  return outcome.kind === 'local';
}

function reasonOf({ at, outcome }: Tried): string {
  if (at === 'name') return 'TargetNotResolved';
  return (outcome.kind === 'failed' ? REASONS[outcome.fault] : undefined) ?? 'HTTPCheckFailed';
}

function whyNot({ outcome, badStatus }: Tried): string {
  return outcome.kind === 'ok' ? badStatus?.message ?? '' : outcome.message;
}

function outlookOf({ target, badStatus }: Tried, outlook: Judging['outlook']): string {
  return badStatus === undefined ? outlook(target.text) : ANSWERED;
}

/** In the order of their texts, so that the message stays. */
function listOf(tried: readonly Tried[]): string {
  return tried.toSorted(byText).map((one) => `${one.target.text} (${whyNot(one)})`).join(', ');
}

function byText(a: Tried, b: Tried): number {
  return a.target.text < b.target.text ? -1 : 1;
}
