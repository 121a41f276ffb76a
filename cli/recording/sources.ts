import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { messageOf } from '../../plugins/core/errors.ts';
import type { HostSources } from '../../plugins/host-inspector/sources.ts';
import type { ChildRequest, ChildResult } from '../../plugins/linux/child.ts';
import { parseStat } from '../../plugins/linux/proc/stat.ts';
import { parseUptimeMs } from '../../plugins/linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../plugins/linux/read.ts';
import { recordedSiblings } from './siblings.ts';

/**
 * As live ones, of a host in a folder: nothing is started, and time stands where the host was recorded and goes on with its uptime.
 *
 * @param clockFile what `adjtimex --print` printed there; a host without it has no such program
 */
export function recordedSources(root: string, clockFile = ''): HostSources {
  const run: HostSources['run'] = async (request) => (request.command === 'adjtimex' ? clockOf(clockFile) : answer(request, wallMsOf(root)));
  return { run, wallMs: () => wallMsOf(root), isRecorded: true, askSibling: recordedSiblings(root) };
}

function clockOf(file: string): ChildResult {
  try {
    return { kind: 'exited', code: 0, signal: null, stdout: readFileSync(file, 'utf8'), stderr: '' };
  } catch (cause) {
    return { kind: 'failed-to-start', message: messageOf(cause), cause };
  }
}

/** A host whose files do not tell the time, or tell it garbled, has ours. */
function wallMsOf(root: string): number {
  try {
    const { bootTimeSeconds } = parseStat(valueOrThrow(readText(root, 'proc/stat')));
    return bootTimeSeconds * 1_000 + parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime')));
  } catch {
    return Date.now();
  }
}

/** What a program of coreutils prints of one path, as linux/disk-file.ts and disk-link.ts ask it. */
const PROGRAMS: Readonly<Record<string, (path: string, request: ChildRequest, wallMs: number) => string>> = {
  cat: (path) => readFileSync(path, 'utf8'),
  ls: (path) => readdirSync(path).map((name) => `${name}\n`).join(''),
  stat(path, { args: [format = ''] }, wallMs) {
    const isLink = lstatSync(path).isSymbolicLink();
    // No recording keeps when a file was written, so whatever is there was so just now.
    if (format.includes('%Y')) return `${Math.floor(wallMs / 1_000)} ${path}\n`;
    return isLink ? `${path} -> ${readlinkSync(path)}\0` : `${path}\0`;
  },
};

/** As that program: what it can it prints, and for the rest it complains. */
function answer(request: ChildRequest, wallMs: number): ChildResult {
  const { command, args } = request;
  const print = PROGRAMS[command];
  if (print === undefined) return { kind: 'failed-to-start', message: `a recording has no ${command}`, cause: undefined };
  let [stdout, stderr] = ['', ''];
  for (const path of args.slice(args.indexOf('--') + 1)) {
    try {
      stdout += print(path, request, wallMs);
    } catch (error) {
      stderr += `${command}: ${path}: ${wordsOf(error)}\n`;
    }
  }
  return { kind: 'exited', code: stderr === '' ? 0 : 1, signal: null, stdout, stderr };
}

/** As strerror(3) words it, with a capital. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? getSystemErrorMessage(error.errno) : messageOf(error);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
