import { type DiskFileOptions, readDiskFile } from '../../linux/disk-file.ts';
import { EXPECTED_PORTS_FILE } from '../settings/ports.ts';
import { type PortEntry, readPortEntry, readPortFile } from './expected.ts';

/** The ports that somebody said may listen. */
export type Declared =
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly entries: readonly PortEntry[] }
  /** There is a list, or there may be one, and nobody can tell what stands in it. */
  | { readonly kind: 'unknown'; readonly message: string };

const TIMEOUT_MS = 4_000;
const MOST_BYTES = 64 * 1024;

export interface Declaration {
  readonly expectedPorts: readonly string[];
  readonly expectedPortsFile: string;
}

/** Both lists together. The file may lie on a disk that does not answer, so a child reads it. Never rejects. */
export async function readDeclared(root: string, { expectedPorts, expectedPortsFile }: Declaration, by: Pick<DiskFileOptions, 'run' | 'signal'>): Promise<Declared> {
  const own = entriesOf(expectedPorts);
  const file = expectedPortsFile === 'none' ? undefined : await readDiskFile(root, expectedPortsFile.slice(1), { timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES, ...by });
  // Nobody has to have the file that is looked for by default; one that somebody named should be there.
  const isNone = file === undefined || (file.kind === 'absent' && expectedPortsFile === EXPECTED_PORTS_FILE);
  if (isNone) return own.length > 0 ? { kind: 'list', entries: own } : { kind: 'none' };
  if (file.kind !== 'ok') return { kind: 'unknown', message: file.message };
  const entries = readPortFile(file.value, expectedPortsFile);
  return typeof entries === 'string' ? { kind: 'unknown', message: entries } : { kind: 'list', entries: [...own, ...entries] };
}

/** Of a setting, which has refused whatever is none. */
export function entriesOf(list: readonly string[]): readonly PortEntry[] {
  return list.map(readPortEntry).filter((entry) => typeof entry !== 'string');
}
