import type { Condition } from '../core/status.ts';
import { LONGEST_MESSAGE_BYTES, cutToBytes, oneLine, withoutPercent } from '../core/text.ts';

/**
 * What a released NPD is told of a monitor, one line per condition; see docs/stock-npd.md for the file. The same text while
 * nothing changes. Types and reasons are CamelCase, as the condition tables have them.
 *
 * Reason and message become the message of NPD's condition, at most 1,024 bytes together. They also become an event at each
 * change, whose text is a Go format string.
 */
export function bridgeLines(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, status, reason, message }) => {
    const said = withoutPercent(oneLine(message)) || 'no message';
    return `${type} ${status} ${cutToBytes(`${reason}: ${said}`, LONGEST_MESSAGE_BYTES)}`;
  });
}

/** First line of the file. */
export function bridgeHeader(lines: readonly string[], wallMs: number): string {
  return `npd-plugins-status 1 ${Math.floor(wallMs / 1_000)} ${lines.length}`;
}

/** The whole file. Its last line holds its length in bytes, so that nobody takes a part of it for the whole. */
export function bridgeFileText(lines: readonly string[], wallMs: number): string {
  const text = [bridgeHeader(lines, wallMs), ...lines, 'end '].join('\n');
  const bytes = Buffer.byteLength(text) + 1;
  // The number counts its own digits, which may be one more by that.
  const digits = String(bytes + String(bytes).length).length;
  return `${text}${bytes + digits}\n`;
}
