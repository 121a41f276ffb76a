import { parseCounter } from '../../core/decode.ts';

/** A counter that a memo keeps as text, since JSON knows no 64 bits; undefined for anything else, also from a file that somebody changed. */
export function counterOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^[0-9]{1,19}$/.test(value) ? parseCounter(value, 'memo') : undefined;
}
