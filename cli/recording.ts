import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, UsageError, messageOf, quote } from '../plugins/core/errors.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import { applyEdits } from './recording/apply.ts';
import type { Edit } from './recording/edit.ts';
import { type StatfsTable, readStatfs, recordedProbe } from './recording/statfs.ts';
import { type Variant, readVariant } from './recording/variant.ts';

/** What a recording is of, told without composing it. */
export interface RecordedHost {
  /** Of the folder. */
  readonly name: string;
  readonly folder: string;
  /** The recorded machine's folder: its own, or the one that the variant is made from. */
  readonly machine: string;
  readonly variant: Variant | undefined;
  /** What the recorded machine called itself, masked. */
  readonly node: string;
  /** `firecracker-vm-6.18 (memory-low): a process without a limit took nearly all memory`. */
  readonly title: string;
}

/** A recorded host as a folder that checks can look at. Gone when disposed. */
export interface Recording extends RecordedHost, Disposable {
  /** What `--host-root` would be. */
  readonly root: string;
  readonly probe: FilesystemProbe;
  /** Time passes until the next look: 30 s on the host's uptime, and what the variant says that goes on. */
  readonly step: () => void;
  /** What happened to the node happens now, or is undone; a recording begins as it is told: sick. */
  readonly fallSick: () => void;
  readonly recover: () => void;
}

/** The period of nearly all checks. */
const STEP_SECONDS = 30;

/**
 * The recorded host with this name, or in this folder. Throws UsageError that lists the known names, and ConfigError for
 * a recording that is not whole.
 */
export function recordedHost(nameOrFolder: string): RecordedHost {
  const folder = folderOf(nameOrFolder);
  const name = basename(folder);
  const variant = readVariant(join(folder, 'variant.json'));
  const machine = variant === undefined ? folder : join(dirname(folder), variant.of);
  if (!isMachine(machine)) throw new ConfigError(folder, `expected a folder root with proc in ${variant === undefined ? 'it, or a variant.json' : machine}`);
  const title = variant === undefined ? `${name}: as it was recorded` : `${variant.of} (${name}): ${variant.sick}`;
  return { name, folder, machine, variant, node: nodeOf(machine), title };
}

/** Composes a recorded host in a temporary folder. Throws as `recordedHost`, and ConfigError naming file and edit for an edit that does not fit. */
export function openRecording(nameOrFolder: string): Recording {
  const host = recordedHost(nameOrFolder);
  const { machine, folder, variant } = host;
  const own = temporaryFolder();
  const root = join(own, 'root');
  let statfs: StatfsTable = new Map();
  let passedSeconds = 0;
  let isSick = false;

  function apply(edits: readonly Edit[] = [], list: 'edits' | 'later'): void {
    statfs = applyEdits({ root, statfs }, edits, `${join(folder, 'variant.json')}: ${list}`);
  }

  function compose(): void {
    rmSync(root, { recursive: true, force: true });
    // Links such as those of open files lead nowhere, and stay as they are.
    cpSync(join(machine, 'root'), root, { recursive: true, verbatimSymlinks: true });
    statfs = readStatfs(join(machine, 'statfs.json'));
    isSick = false;
  }

  function fallSick(): void {
    compose();
    apply(variant?.edits, 'edits');
    isSick = true;
    addUptime(root, passedSeconds);
  }

  function recover(): void {
    compose();
    addUptime(root, passedSeconds);
  }

  function dispose(): void {
    rmSync(own, { recursive: true, force: true });
  }

  try {
    fallSick();
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    ...host,
    root,
    probe: recordedProbe(() => statfs, Date.now()),
    step() {
      passedSeconds += STEP_SECONDS;
      addUptime(root, STEP_SECONDS);
      if (isSick) apply(variant?.later, 'later');
    },
    fallSick,
    recover,
    [Symbol.dispose]: dispose,
  };
}

function folderOf(nameOrFolder: string): string {
  const hosts = hostsFolder();
  const known = hosts === undefined ? [] : readdirSync(hosts, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).toSorted();
  if (hosts !== undefined && known.includes(nameOrFolder)) return join(hosts, nameOrFolder);
  const folder = resolve(nameOrFolder);
  if (nameOrFolder.includes('/') && existsSync(folder)) return folder;
  const names = known.length > 0 ? `known are ${known.join(', ')}` : 'none lies beside this program';
  throw new UsageError(`no recorded host ${quote(nameOrFolder)}; ${names}, or give a folder as ./NAME`);
}

/** Recordings lie beside the source; of a bundle, too, where it is built, and an image holds none. */
function hostsFolder(): string | undefined {
  return ['..', '../..'].map((up) => join(import.meta.dirname, up, 'test/hosts')).find((folder) => existsSync(folder));
}

function isMachine(folder: string): boolean {
  return existsSync(join(folder, 'root/proc'));
}

function nodeOf(machine: string): string {
  try {
    return readFileSync(join(machine, 'root/etc/hostname'), 'utf8').trim() || basename(machine);
  } catch {
    return basename(machine);
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'npd-recording-'));
  } catch (cause) {
    throw new ConfigError('', `no temporary folder for the recording: ${messageOf(cause)}; set TMPDIR to a folder that you may write to`, { cause });
  }
}

/** `5123.45 9871.20`: uptime and idle time of all CPUs in seconds, see proc_uptime(5). A file of another form is a variant's, and stays. */
function addUptime(root: string, seconds: number): void {
  const file = join(root, 'proc/uptime');
  if (!existsSync(file)) return;
  const [, uptime, rest] = /^(\d{1,12}\.\d\d)( \d+\.\d\d\n)$/.exec(readFileSync(file, 'utf8')) ?? [];
  if (uptime !== undefined && rest !== undefined) writeFileSync(file, (Number(uptime) + seconds).toFixed(2) + rest);
}
