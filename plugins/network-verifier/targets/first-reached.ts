import type { Fault, Outcome } from '../attempt.ts';
import { familiesInTurns } from '../attempts/families.ts';

/** A name that has many addresses is as reachable as the first few: whoever connects to it tries no more either. */
const MOST_ADDRESSES = 4;

/** "Connection Attempt Delay" of RFC 8305, section 5: one address that does not answer holds up the others no longer. */
const DELAY_MS = 250;

/** One attempt at one address; ends soon after the signal is aborted. Never rejects. */
export type Attempt<T> = (address: string, signal: AbortSignal) => Promise<Outcome<T>>;

/**
 * Tries the addresses of one name as its users do (RFC 8305): the next one as soon as one has failed, or 250 ms have passed, and what
 * is reached first counts. Never rejects.
 *
 * @param addresses at least one; at most four are tried, the families in turns
 * @returns of several failures the one that came closest to an answer, whatever the order of the addresses, since name servers change it
 */
export async function firstReached<T>(addresses: readonly string[], attempt: Attempt<T>, signal: AbortSignal): Promise<Outcome<T>> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const ended: Outcome<T>[] = [];
  const running = new Set<Promise<unknown>>();
  const reached = (): Outcome<T> | undefined => ended.find(({ kind }) => kind === 'ok');
  const begin = (address: string): void => {
    const run = attempt(address, either).then((outcome) => {
      running.delete(run);
      return ended.push(outcome);
    });
    running.add(run);
  };
  const waiting = familiesInTurns(addresses).slice(0, MOST_ADDRESSES);
  while (reached() === undefined && (waiting.length > 0 || running.size > 0)) {
    const next = signal.aborted ? undefined : waiting.shift();
    if (next !== undefined) begin(next);
    if (running.size === 0) break;
    await firstOf(running, waiting.length > 0 ? DELAY_MS : undefined);
  }
  enough.abort();
  return reached() ?? closest(ended);
}

/** Waits for one of them, or until the next one may begin. */
async function firstOf(running: ReadonlySet<Promise<unknown>>, delayMs: number | undefined): Promise<void> {
  if (delayMs === undefined) return void (await Promise.race(running));
  const { promise: delay, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  await Promise.race([...running, delay]);
  clearTimeout(timer);
}

/** The nearer to a whole answer, the earlier; all others came from nobody's address. */
const CLOSEST: readonly Fault[] = ['malformed', 'expired', 'wrong-name', 'untrusted', 'tls', 'silent', 'reset', 'refused', 'timeout', 'unreachable'];

/** Of attempts none of which succeeded. One that could not be made might have. Pure. */
function closest<T>(ended: readonly Outcome<T>[]): Outcome<T> {
  const untried = ended.find(({ kind }) => kind === 'local');
  const [best] = ended.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome] : [])).toSorted((a, b) => rankOf(a.fault) - rankOf(b.fault) || (a.message < b.message ? -1 : 1));
  return untried ?? best ?? { kind: 'local', message: 'not tried in time' };
}

function rankOf(fault: Fault): number {
  return CLOSEST.includes(fault) ? CLOSEST.indexOf(fault) : CLOSEST.length;
}
