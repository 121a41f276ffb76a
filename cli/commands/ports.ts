import { resolve } from 'node:path';
import { ConfigError, UsageError } from '../../plugins/core/errors.ts';
import { oneLine } from '../../plugins/core/text.ts';
import { readListening } from '../../plugins/host-inspector/ports/listening.ts';
import { type Owners, ownersOf } from '../../plugins/host-inspector/ports/owners.ts';
import { createSlices } from '../../plugins/linux/slices.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { openHost, recordingNote } from '../host.ts';
import { nodeName } from '../node-name.ts';
import { count, hostOptions, oneOf, recordingOption, text } from '../options.ts';
import { type PortReport, renderPortsJson, renderPortsPlain, renderPortsText } from '../render/ports.ts';
import { keepReport } from '../report-folder.ts';

const FORMATS = {
  text: { render: renderPortsText, extension: 'txt' },
  json: { render: renderPortsJson, extension: 'json' },
  plain: { render: renderPortsPlain, extension: 'txt' },
} as const;
const FORMAT_NAMES = ['text', 'json', 'plain'] as const;

/** One a night makes a month. */
const KEEP = 30;

/** Few processes of a recorded host are recorded, and of those no sockets. */
const UNRECORDED: Owners = { byInode: new Map(), gap: { kind: 'absent', message: 'processes (they are not recorded)' } };

/** Listening sockets of the host, for people, scripts and a CronJob. */
export const ports: Command = {
  details: [
    "Sockets of the host's network namespace, read from /proc/1/net, so that it needs neither hostNetwork nor a capability: TCP that listens, UDP that is",
    'connected to nobody, IPv4 and IPv6. Scope: loopback, one (a single address), all. Which process has one open is told with CAP_SYS_PTRACE, and of',
    'your own processes. An IPv6 socket on :: mostly takes IPv4 as well.',
    'plain is what the open-ports collector wrote: a line with the name of the node, then each TCP port that can be reached from outside (scope one or',
    'all), one a line, by number. Unlike there, ports of IPv6 and of single addresses are among them; UDP and loopback are not.',
    'Files of --report-dir are named ports-20261126T030000Z-NODE.txt (UTC; .json for json) and may share a folder with those of other nodes.',
    'Exit code 0: all was read, 2: a table could not be read, 64: the report could not be kept.',
  ],
  options: {
    format: { type: 'string', value: 'text|json|plain', initial: 'text', help: 'form of the answer, and of the file' },
    'host-root': hostOptions['host-root'],
    ...recordingOption,
    'report-dir': { type: 'string', value: 'DIR', help: 'folder, which must be there, for a dated file of each run; env PATH_REPORTS or PATH_REPORT, default none' },
    keep: { type: 'string', value: 'N', initial: String(KEEP), help: 'how many files of this node stay in that folder; older ones are removed' },
  },
  logLevel: 'warn',
  async run(args, context) {
    const format = oneOf(text(args, 'format') ?? 'text', FORMAT_NAMES, '--format');
    const folder = reportFolder(args, context);
    const keep = count(args, 'keep') ?? KEEP;
    if (folder === undefined && text(args, 'keep') !== undefined) throw new UsageError('--keep: only with --report-dir');
    using host = await openHost(args, context);
    const node = nodeName(args, context, host.recording);
    const listening = readListening(host.root);
    for (const { message } of listening.gaps) context.complain(`npd-plugins: ${oneLine(message)}\n`);
    // Half a list of ports, with no place to say so, would pass for a whole one.
    if (format === 'plain' && listening.gaps.some(({ path }) => path.includes('tcp'))) return EXIT.unknown;
    const wanted = format === 'plain' ? [] : listening.sockets.flatMap(({ inodes }) => inodes);
    const owners = host.recording === undefined ? await ownersOf(host.root, wanted, createSlices(context.signal)) : UNRECORDED;
    const report: PortReport = { node, at: new Date(), listening, owners, note: host.recording && recordingNote(host.recording) };
    const { render, extension } = FORMATS[format];
    const answer = render(report);
    context.out(answer);
    if (folder !== undefined) await keepOrThrow(folder, { kind: 'ports', node, extension, text: answer, at: report.at }, keep);
    return listening.gaps.length > 0 ? EXIT.unknown : EXIT.ok;
  },
};

interface Folder {
  readonly path: string;
  /** Who named it, for messages. */
  readonly from: string;
}

/** The flag, else one of the two variables; an empty variable counts as none. */
function reportFolder(args: ParsedArgs, { env }: Pick<Context, 'env'>): Folder | undefined {
  const given = text(args, 'report-dir');
  if (given !== undefined) return { path: resolve(given), from: '--report-dir' };
  const name = ['PATH_REPORTS', 'PATH_REPORT'].find((variable) => (env[variable] ?? '') !== '');
  return name === undefined ? undefined : { path: resolve(env[name] ?? ''), from: `environment variable ${name}` };
}

async function keepOrThrow({ path, from }: Folder, report: Parameters<typeof keepReport>[1], keep: number): Promise<void> {
  const trouble = await keepReport(path, report, keep);
  if (trouble !== undefined) throw new ConfigError(from, `${trouble}; give a folder that is there, writable for this user and not full`);
}
