import { readFileSync } from 'node:fs';
import { UsageError, codeOf, messageOf } from '../../plugins/core/errors.ts';
import { oneLine } from '../../plugins/core/text.ts';
import type { Finding } from '../../plugins/npd/finding.ts';
import { type FileReport, readHostConfigs } from '../../plugins/npd/config-files.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { flag } from '../options.ts';

/** Would NPD load these files, and would it do with them what their owner meant? */
export const validate: Command = {
  details: [
    'Errors are what makes NPD end at its start; warnings what it passes over in silence.',
    'Exit code 0: no errors, 1: errors.',
  ],
  options: { json: { type: 'boolean', help: 'findings as JSON' } },
  logLevel: 'warn',
  async run(args, context) {
    const reports = readConfigFiles(args.positionals);
    if (flag(args, 'json')) context.out(`${JSON.stringify(reports, null, 2)}\n`);
    else for (const report of reports) context.out(renderReport(report));
    return reports.some(({ errors }) => errors.length > 0) ? EXIT.problem : EXIT.ok;
  },
};

/** Reads and validates files together; one that cannot be read is a report with one error. Throws UsageError without any. */
export function readConfigFiles(names: readonly string[]): readonly FileReport[] {
  if (names.length === 0) throw new UsageError('expected at least one FILE.json, e.g. npd-config/host-inspector.json');
  const files = names.map((name) => {
    try {
      return { name, text: readFileSync(name, 'utf8') };
    } catch (cause) {
      return { name, unreadable: codeOf(cause) === 'ENOENT' ? 'no such file' : messageOf(cause) };
    }
  });
  const reports = readHostConfigs(files.flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }])));
  return files.map(({ name, unreadable }) => {
    if (unreadable === undefined) return reports.find((report) => report.name === name) ?? unread(name, 'not read');
    return unread(name, unreadable);
  });
}

function unread(name: string, why: string): FileReport {
  return { name, errors: [{ path: '', line: 1, message: `cannot be read: ${why}`, remedy: 'name a file that exists and may be read' }], warnings: [] };
}

/** `FILE:LINE: error: KEY: what; remedy`, as compilers write it, or `FILE: ok`. */
export function renderReport({ name, errors, warnings }: FileReport): string {
  const line = (kind: string) => (finding: Finding): string => {
    const path = finding.path === '' ? '' : `${finding.path}: `;
    return `${oneLine(`${name}:${finding.line}: ${kind}: ${path}${finding.message}; ${finding.remedy}`)}\n`;
  };
  const lines = [...errors.map(line('error')), ...warnings.map(line('warning'))];
  return lines.length > 0 ? lines.join('') : `${oneLine(name)}: ok\n`;
}
