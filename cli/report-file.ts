import { join } from 'node:path';
import { messageOf } from '../plugins/core/errors.ts';
import type { Logger } from '../plugins/core/log.ts';
import { writeFileAtomically } from '../plugins/linux/atomic-file.ts';
import type { ReportFormat } from './render/report/formats.ts';

/** The folder may lie on a disk, or a share, that does not answer. */
const DEADLINE_MS = 10_000;

/** The checks have looked by then, and a program that ends at once has written nothing. */
const FIRST_MS = 5_000;

const ENDINGS: Readonly<Record<ReportFormat, string>> = { json: '.json', kubeowler: '.kubeowler.json', text: '.txt', markdown: '.md', html: '.html' };

export interface ReportFileOptions {
  readonly folder: string;
  readonly node: string;
  readonly format: ReportFormat;
  readonly everyMs: number;
  /** Makes the report, as it is written. Has a deadline. */
  readonly make: () => Promise<string>;
  readonly log: Logger;
  readonly firstMs?: number;
}

export interface ReportFile extends Disposable {
  readonly path: string;
}

/**
 * Keeps one file with the report of this node, `NODE.json`: replaced as a whole in each period, so that a folder that all nodes share
 * holds one for each. It stays at the end. Never throws; trouble is logged once per kind, and tried again in the next period.
 */
export function keepReportFile({ folder, node, format, everyMs, make, log, firstMs = FIRST_MS }: ReportFileOptions): ReportFile {
  const path = join(folder, fileNameOf(node, format));
  const troubles = new Set<string>();
  let isWriting = false;

  async function write(): Promise<void> {
    const problem = await tryWrite();
    if (problem === undefined) {
      if (troubles.size > 0) log.info({ path }, 'report is written again');
      troubles.clear();
    } else if (!troubles.has(problem)) {
      troubles.add(problem);
      log.warn({ path, problem }, 'report not written; tried again in the next period');
    }
  }

  async function tryWrite(): Promise<string | undefined> {
    try {
      const result = await writeFileAtomically(path, await make(), { timeoutMs: DEADLINE_MS });
      return result.kind === 'ok' ? undefined : result.message;
    } catch (cause) {
      return messageOf(cause);
    }
  }

  function round(): void {
    if (isWriting) return;
    isWriting = true;
    void write().finally(() => {
      isWriting = false;
    });
  }

  const first = setTimeout(round, Math.min(firstMs, everyMs)).unref();
  const timer = setInterval(round, everyMs).unref();
  return {
    path,
    [Symbol.dispose]() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

/** Names of nodes are those of DNS; whatever else one is given is kept from leaving the folder, or hiding in it. */
export function fileNameOf(node: string, format: ReportFormat): string {
  const name = node.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, (dots) => '_'.repeat(dots.length)).slice(0, 200);
  return `${name === '' ? 'node' : name}${ENDINGS[format]}`;
}
