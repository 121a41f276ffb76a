import { quote } from '../core/errors.ts';
import type { Fields } from './shape.ts';

/** Keys that are found in published samples and that no host reads, with what took their place. */
const DEAD_KEYS: Readonly<Record<string, string>> = {
  socketPath: 'write it as pluginConfig.socketAddress (a path, no scheme)',
  grpcTimeout: 'write it as pluginConfig.timeout, in nanoseconds (10000000000 is 10 s)',
  reconnectInterval: 'write it as pluginConfig.retryPolicy.initialBackoff, in nanoseconds',
  maxReconnectAttempts: 'write it as pluginConfig.retryPolicy.maxAttempts',
  rules: 'remove it: an external monitor decides itself; initial conditions stand under "conditions"',
};

/** Message and remedy for a key that the host passes over without a word. */
export function describeUnknownKey(key: string, path: string, fields: Fields): { readonly message: string; readonly remedy: string } {
  const message = 'the host does not know this key and ignores it';
  const successor = Object.hasOwn(DEAD_KEYS, key) ? DEAD_KEYS[key] : undefined;
  if (successor !== undefined) return { message, remedy: successor };
  const nearest = nearestOf(key, Object.keys(fields));
  if (nearest !== undefined) return { message, remedy: `did you mean ${quote(nearest)}?` };
  return { message, remedy: `remove it; known ${path === '' ? 'at the top' : `in ${path}`}: ${Object.keys(fields).join(', ')}` };
}

/** The known key with the fewest edits, if a third of its letters at most would change; underscores and case do not count. */
function nearestOf(key: string, known: readonly string[]): string | undefined {
  const plain = letters(key);
  if (plain.length > 64) return undefined;
  const [best] = known
    .map((name) => ({ name, edits: editDistance(plain, letters(name)) }))
    .filter(({ name, edits }) => edits <= letters(name).length / 3)
    .toSorted((a, b) => a.edits - b.edits);
  return best?.name;
}

function letters(key: string): string {
  return key.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(to).entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
