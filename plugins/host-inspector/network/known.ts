import { isRecord } from '../../core/decode.ts';

/** More than any node has links; cards that were replaced, and interfaces that a cloud attached once, are forgotten at last. */
const MOST_KNOWN = 128;

/** What had a link once, by identity: kept over boots, the latest first. */
export function knownOf(baseline: unknown): readonly string[] {
  const known: unknown = isRecord(baseline) ? baseline['linked'] : undefined;
  return Array.isArray(known) ? known.filter((entry): entry is string => typeof entry === 'string' && entry.length <= 200).slice(0, MOST_KNOWN) : [];
}

/** The same with those that have a link now. Pure. */
export function withLinked(known: readonly string[], linked: readonly string[]): { readonly linked: readonly string[] } {
  return { linked: [...new Set([...linked, ...known])].slice(0, MOST_KNOWN) };
}
