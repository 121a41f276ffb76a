/** Something wrong with a configuration file, and what to do about it. */
export interface Finding {
  /** Where in the document, e.g. `pluginConfig.timeout` or `conditions[1].reason`; empty for the whole of it. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  /** One imperative clause. */
  readonly remedy: string;
}

/** Collects findings while a file is read. */
export interface Findings {
  readonly errors: Finding[];
  readonly warnings: Finding[];
}

/** The path of a member: `pluginConfig` and `timeout` give `pluginConfig.timeout`; an empty `path` is the whole document. */
export function child(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Line of the value, or of the nearest object around it when the value is missing. */
export function lineOf(path: string, lines: ReadonlyMap<string, number>): number {
  const line = lines.get(path);
  if (line !== undefined || path === '') return line ?? 1;
  return lineOf(path.slice(0, Math.max(0, path.lastIndexOf('.'))), lines);
}
