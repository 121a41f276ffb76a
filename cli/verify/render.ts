import type { Look } from '../../plugins/core/check.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { positiveNetworkConditions } from '../../plugins/network-verifier/roll-up.ts';
import { oneLine } from '../../plugins/core/text.ts';
import type { Verdict } from '../../plugins/core/verdict.ts';
import { EXIT, exitCodeOf, stateOf } from '../exit-code.ts';
import { renderHeader, renderLook } from '../render/describe.ts';
import type { End, Patience, Verification } from './verify.ts';

/** By check: `ok` where something was looked at and all is well, and a line per verdict that is not healthy. */
export function verdictLines(looks: ReadonlyMap<string, Look>): readonly string[] {
  return [...looks].flatMap(([name, { verdicts }]) => {
    const others = verdicts.filter(({ kind }) => kind !== 'healthy');
    const isWell = others.length < verdicts.length && others.every(({ kind }) => kind === 'not-applicable');
    return [...new Set([...(isWell ? ['ok'] : []), ...others.map(wordsFor)])].map((words) => `${name}: ${words}`);
  });
}

function wordsFor(verdict: Verdict): string {
  if (verdict.kind === 'healthy') return 'ok';
  if (verdict.kind === 'unknown') return oneLine(`could not tell: ${verdict.message}`);
  if (verdict.kind === 'not-applicable') return oneLine(`skipped: ${verdict.message}`);
  return oneLine([`${verdict.reason}: ${verdict.message}`, ...(verdict.outlook === undefined ? [] : [verdict.outlook])].join('; '));
}

/** What this attempt says that the one before did not, and when the next one comes. */
export function renderAttempt(number: number, of: number, lines: readonly string[], againInMs: number | undefined): string {
  const next = againInMs === undefined ? '' : `Again in ${(againInMs / 1_000).toFixed(1)} s.\n`;
  return `Attempt ${number} of ${of}:\n${(lines.length > 0 ? lines : ['no change']).map((line) => `  ${line}\n`).join('')}${next}`;
}

/** What was not tried, by check. */
export function skippedOf(looks: ReadonlyMap<string, Look>): readonly string[] {
  return [...new Set([...looks.values()].flatMap(({ verdicts }) => verdicts.filter((verdict) => verdict.kind === 'not-applicable').map(({ message }) => message)))];
}

/** The end for people: conditions as `check` prints them, what was skipped, and one line that says it all. */
export function renderVerification(node: string, { last: { conditions, looks }, attempts, endedBy }: Verification, patience: Patience): string {
  const skipped = skippedOf(looks);
  return [
    renderHeader(node), renderLook(conditions),
    ...(skipped.length > 0 ? ['Skipped:\n', ...skipped.map((message) => `  ${oneLine(message)}\n`)] : []),
    `${resultLine(conditions)} ${attempts === 1 ? 'One attempt' : `${attempts} attempts`}${END_WORDS[endedBy](patience)}.\n`,
  ].join('');
}

const END_WORDS: Readonly<Record<End, (patience: Patience) => string>> = {
  settled: () => '',
  retries: () => ', and no retry is left',
  timeout: ({ timeoutMs }) => `, and no time is left of ${timeoutMs / 1_000} s`,
  signal: () => ', and then told to end',
};

function resultLine(conditions: readonly Condition[]): string {
  const code = exitCodeOf(conditions);
  if (code === EXIT.ok) return 'Verified.';
  return code === EXIT.problem ? `Not verified: ${named(conditions, 'problem')}.` : `Could not tell: ${named(conditions, 'unknown')}.`;
}

/** The condition over all others says nothing more, unless it is alone. */
function named(conditions: readonly Condition[], state: ReturnType<typeof stateOf>): string {
  const types = conditions.filter((condition) => stateOf(condition) === state).map(({ type }) => type);
  const details = types.filter((type) => !positiveNetworkConditions.includes(type));
  return (details.length > 0 ? details : types).join(', ');
}
