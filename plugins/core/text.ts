/** Longest condition or event message in bytes. Kubernetes keeps 1,024 for events; longer conditions are no longer read by people. */
export const LONGEST_MESSAGE_BYTES = 1_024;

/** One line of well-formed text: control characters (a mount point may hold a newline) become `?`. */
export function oneLine(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]/gu, '?');
}

/** Cuts to at most `maxBytes` of UTF-8, at a character, marking the cut where the mark fits. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const mark = '…';
  let room = maxBytes - Buffer.byteLength(mark);
  if (room < 0) return '';
  let end = 0;
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end) + mark;
}

/**
 * Joins what belongs into one message with `; ` so that it fits into `maxBytes`: as many parts as fit, in order,
 * then `(+3 more)`. A first part that is too long by itself is cut.
 */
export function joinToBytes(parts: readonly string[], maxBytes: number = LONGEST_MESSAGE_BYTES): string {
  const clean = parts.map(oneLine);
  let fitting: string | undefined;
  let joined = '';
  for (const [index, part] of clean.entries()) {
    joined = index === 0 ? part : `${joined}; ${part}`;
    if (Buffer.byteLength(joined) > maxBytes) break;
    const text = joined + more(clean.length - index - 1);
    if (Buffer.byteLength(text) <= maxBytes) fitting = text;
  }
  const rest = more(clean.length - 1);
  return fitting ?? cutToBytes(clean[0] ?? '', maxBytes - Buffer.byteLength(rest)) + rest;
}

function more(count: number): string {
  return count > 0 ? ` (+${count} more)` : '';
}

/** An event's message is a Go format string to the host program: a `%` would come out as `%!(NOVERB)`. */
export function withoutPercent(text: string): string {
  return text.replaceAll(/\s?%/g, ' percent');
}
