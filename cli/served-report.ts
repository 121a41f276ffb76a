import { resolve } from 'node:path';
import { UsageError } from '../plugins/core/errors.ts';
import type { ReportSource } from '../plugins/http/report-source.ts';
import type { Context, OptionTable, ParsedArgs } from './command.ts';
import type { Host } from './host.ts';
import type { ServedNode } from './make-report.ts';
import { servedNodeName } from './node-name.ts';
import { durationMs, oneOf, text } from './options.ts';
import { REPORT_FORMATS, type ReportFormat, reportFormats } from './render/report/formats.ts';

/** The monitor whose node a report is about. */
export const REPORTED = 'host-inspector';

const LEAST_EVERY_MS = 60_000;
const DEFAULT_EVERY_MS = 3_600_000;

/** Flags of `serve`. */
export const reportOptions = {
  'report-dir': { type: 'string', value: 'DIR', help: 'host-inspector: keeps a report of the whole node there, NODE.json' },
  'report-every': { type: 'string', value: 'DURATION', initial: '1h', help: 'how often that report is written anew' },
  'report-format': { type: 'string', value: reportFormats.join('|'), initial: 'json', help: 'form of that report' },
} as const satisfies OptionTable;

export interface ReportFlags {
  readonly folder: string | undefined;
  readonly everyMs: number;
  readonly format: ReportFormat;
}

/** Throws UsageError for flags that would do nothing. */
export function reportFlags(args: ParsedArgs, monitors: readonly string[]): ReportFlags {
  const folder = text(args, 'report-dir');
  for (const name of ['report-every', 'report-format']) {
    if (folder === undefined && text(args, name) !== undefined) throw new UsageError(`--${name}: only with --report-dir`);
  }
  if (folder !== undefined && !monitors.includes(REPORTED)) throw new UsageError(`--report-dir: only with ${REPORTED}`);
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    everyMs: durationMs(args, 'report-every', DEFAULT_EVERY_MS, LEAST_EVERY_MS),
    format: oneOf(text(args, 'report-format') ?? 'json', reportFormats, '--report-format'),
  };
}

export interface ServedReport {
  /** For HTTP. */
  readonly source: ReportSource;
  /** Begins to write the file of --report-dir; undefined without the flag. */
  readonly keepFile: (recording: Host['recording']) => Promise<Disposable | undefined>;
}

/**
 * Reports of the node that is served here, for HTTP and for the file of --report-dir. They are made in this process: its monitor knows the
 * conditions already, and tells those that NPD is told (docs/adr/0020). What makes them is loaded by the first who asks: few do.
 */
export function servedReport(args: ParsedArgs, context: Context, { folder, everyMs, format }: ReportFlags, node: () => ServedNode | undefined): ServedReport {
  let made: Promise<(format: ReportFormat) => Promise<string>> | undefined;

  async function report(as: string): Promise<string> {
    const served = node();
    if (served === undefined) throw new Error(`${REPORTED} is not served yet`);
    made ??= import('./make-report.ts').then(({ reportMaker }) => reportMaker(args, context, served));
    const make = await made;
    return await make(oneOf(as, reportFormats, 'format'));
  }

  return {
    source: { contentTypes: REPORT_FORMATS, report },
    async keepFile(recording) {
      if (folder === undefined) return undefined;
      const { keepReportFile } = await import('./report-file.ts');
      return keepReportFile({ folder, node: await servedNodeName(args, context, recording), format, everyMs, make: async () => await report(format), log: context.log });
    },
  };
}
