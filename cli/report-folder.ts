import { join } from 'node:path';
import { writeFileAtomically } from '../plugins/linux/atomic-file.ts';
import { explainFailure } from '../plugins/linux/child-failure.ts';
import { runChild } from '../plugins/linux/child.ts';
import { listDiskFolder } from '../plugins/linux/disk-file.ts';

/** A report that is to be kept with its date. */
export interface DatedReport {
  /** First word of the file's name: `ports`. */
  readonly kind: string;
  readonly node: string;
  /** `txt` or `json`; of each the newest are kept. */
  readonly extension: string;
  readonly text: string;
  readonly at: Date;
}

/** Of one child; the volume may be a share whose server is slow. */
const TIMEOUT_MS = 20_000;

/** Names of the reports of some 10,000 nodes, 30 of each. */
const MOST_NAMES_BYTES = 32 * 2 ** 20;

/** Removed by one child. */
const MOST_AT_ONCE = 100;

/**
 * Writes a report into a folder, which several nodes may share, and keeps the newest `keep` of this kind, node and
 * extension; no other file is touched, and never the one that was just written. It is there as a whole or not at all. All work is done by children, since the
 * volume may not answer.
 *
 * @returns what went wrong, with the path, or undefined
 */
export async function keepReport(folder: string, report: DatedReport, keep: number): Promise<string | undefined> {
  const listed = await listDiskFolder('/', folder, { timeoutMs: TIMEOUT_MS, maxBytes: MOST_NAMES_BYTES });
  if (listed.kind !== 'ok') return listed.message;
  const name = fileNameOf(report);
  const path = join(folder, name);
  const written = await writeFileAtomically(path, report.text, { timeoutMs: TIMEOUT_MS, isPublic: true });
  if (written.kind !== 'ok') return written.message;
  const older = listed.value.filter((other) => other !== name && isAlike(other, name)).toSorted();
  return await removeAll(older.slice(0, Math.max(0, older.length + 1 - keep)).map((old) => join(folder, old)));
}

/** `ports-20261126T030000Z-worker-1.txt`: by name they stand in the order of their times, which are UTC. */
function fileNameOf({ kind, node, extension, at }: DatedReport): string {
  const time = at.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  // A name of Kubernetes stays as it is; any other comes out as one that is no path, and no two alike.
  return `${kind}-${time}-${encodeURIComponent(node)}.${extension}`;
}

const TIME = /(?<=^[a-z]+-)\d{8}T\d{6}Z(?=-)/;

function isAlike(a: string, b: string): boolean {
  return TIME.test(a) && a.replace(TIME, '') === b.replace(TIME, '');
}

async function removeAll(paths: readonly string[]): Promise<string | undefined> {
  for (let start = 0; start < paths.length; start += MOST_AT_ONCE) {
    const batch = paths.slice(start, start + MOST_AT_ONCE);
    const result = await runChild({ command: 'rm', args: ['-f', '--', ...batch], timeoutMs: TIMEOUT_MS, maxOutputBytes: 4096 });
    if (result.kind === 'exited' && result.code === 0) continue;
    const failure = explainFailure(batch[0] ?? '', 'rm', result, TIMEOUT_MS);
    return failure === 'hung' ? `${batch[0]}: the file system does not answer` : failure.message;
  }
  return undefined;
}
