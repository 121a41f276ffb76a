import type { ConditionSpec, EventSpec } from '../plugins/core/conditions.ts';
import { hostConditions, hostEvents } from '../plugins/host-inspector/conditions.ts';

/** The rows of the README's table, made from the condition tables; a test keeps both equal. */
export function readmeRows(): readonly string[] {
  return hostConditions.flatMap(rowsOf);
}

function rowsOf({ type, reasons, privilege }: ConditionSpec): readonly string[] {
  return reasons.map(({ reason, reads, limit, raiseAfterMs }) => `| ${type} | ${reason} | ${reads} | ${limit} | ${inWords(raiseAfterMs)} | ${privilege} |`);
}

/** One sentence part per event. */
export function readmeEvents(): string {
  return hostEvents.map(({ reason, reads, meaning }: EventSpec) => `${reason} (${reads}): ${meaning}`).join('; ');
}

function inWords(ms: number): string {
  if (ms === 0) return 'at once';
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}
