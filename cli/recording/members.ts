import { ConfigError, quote } from '../../plugins/core/errors.ts';

/** An object of a `variant.json`. Each function below reads one member of it and throws ConfigError naming it below `path`. */
export type Members = Readonly<Record<string, unknown>>;

/** Parts of a host that a recording holds; `smi` stands for the answers of nvidia-smi, `clock` for those of adjtimex. */
const IN_TREE = /^(?:proc|sys|etc|dev|run|var|smi|clock)(?:\/[^/]+)+$/;

/** A path that stays inside the recording. */
export function inTree(value: Members, key: string, path: string): string {
  const name = text(value, key, path);
  const isInside = IN_TREE.test(name) && !name.split('/').some((part) => part === '.' || part === '..');
  if (!isInside) throw new ConfigError(`${path}.${key}`, `expected a path below proc, sys, etc, dev, run, var, smi or clock, got ${quote(name)}`);
  return name;
}

export function text(value: Members, key: string, path: string): string {
  const found = value[key];
  if (typeof found !== 'string') throw new ConfigError(`${path}.${key}`, `expected a text, got ${quote(JSON.stringify(found) ?? 'nothing')}`);
  return found;
}

/** A text, or a list of its lines. */
export function textOrLines(value: Members, path: string): string {
  if (!Array.isArray(value['text'])) return text(value, 'text', path);
  return lines(value, 'text', path).map((line) => `${line}\n`).join('');
}

export function lines(value: Members, key: string, path: string): readonly string[] {
  const found: unknown = value[key];
  if (!Array.isArray(found)) throw new ConfigError(`${path}.${key}`, `expected a list of lines, got ${quote(JSON.stringify(found) ?? 'nothing')}`);
  return found.map((line: unknown, index) => {
    if (typeof line !== 'string') throw new ConfigError(`${path}.${key}[${index}]`, 'expected a text');
    return line;
  });
}

export function whole(value: Members, key: string, path: string): number {
  const found = value[key];
  if (!Number.isSafeInteger(found)) throw new ConfigError(`${path}.${key}`, `expected a whole number, got ${quote(JSON.stringify(found) ?? 'nothing')}`);
  return Number(found);
}

/** A whole number ≥ 0. */
export function count(value: Members, key: string, path: string): number {
  const found = whole(value, key, path);
  if (found < 0) throw new ConfigError(`${path}.${key}`, `expected a whole number ≥ 0, got ${quote(String(found))}`);
  return found;
}
