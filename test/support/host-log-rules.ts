export interface LogRule {
  readonly type: 'temporary' | 'permanent';
  readonly condition?: string;
  readonly reason: string;
  /** In the syntax of RE2. */
  readonly pattern: string;
}

/** What only RE2 knows, or only JavaScript: of patterns without it both understand the same. */
const NOT_SHARED = /\(\?(?!:)|\\[1-9AzZkpPCQE]|\[\[|[*+?}]\+/;

/**
 * The reasons that NPD's system log monitor gives to a record of /dev/kmsg, as pkg/systemlogmonitor/log_buffer.go matches: what
 * follows the `;`, trimmed, the pattern anchored at its end by an appended `\z`. With `bufferSize` 1 there are no lines before it.
 */
export function reasonsOf(rules: readonly LogRule[], record: string): readonly string[] {
  const message = record.slice(record.indexOf(';') + 1).trim();
  return rules.filter(({ pattern }) => expression(pattern).test(message)).map(({ reason }) => reason);
}

/** Appended, not wrapped: an alternative at the top of a pattern would be anchored in its last branch only. */
function expression(pattern: string): RegExp {
  if (NOT_SHARED.test(pattern)) throw new Error(`not the same in RE2: ${pattern}`);
  return new RegExp(`${pattern}$`, 'u');
}
