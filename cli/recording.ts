import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, UsageError, messageOf, quote } from '../plugins/core/errors.ts';
import type { HostSources } from '../plugins/host-inspector/sources.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { LogFollower } from '../plugins/linux/log-follower.ts';
import { recordedLog } from './recording/log.ts';
import type { LocateSmi } from '../plugins/gpu-monitor/smi/locate.ts';
import type { RunChild } from '../plugins/linux/child.ts';
import { applyEdits } from './recording/apply.ts';
import { recordedSmi } from './recording/smi.ts';
import { recordedSources } from './recording/sources.ts';
import { type StatfsTable, readStatfs, recordedProbe } from './recording/statfs.ts';
import { type Variant, readVariant } from './recording/variant.ts';

/** What a recording is of, told without composing it. */
export interface RecordedHost {
  /** Of the folder. */
  readonly name: string;
  /** What happened to it, last first: none for a machine as it was recorded. */
  readonly variants: readonly NamedVariant[];
  /** The recorded machine's folder. */
  readonly machine: string;
  /** What the recorded machine called itself, masked. */
  readonly node: string;
  /** `firecracker-vm-6.18 (memory-low): a process without a limit took nearly all memory`. */
  readonly title: string;
}

export interface NamedVariant extends Variant {
  /** Its `variant.json`. */
  readonly file: string;
}

/** A recorded host as a folder that checks can look at. Gone when disposed. */
export interface Recording extends RecordedHost, Disposable {
  /** What `--host-root` would be. */
  readonly root: string;
  readonly probe: FilesystemProbe;
  /** Reads its files, and its clock: of the boot and the uptime. */
  readonly sources: HostSources;
  /** Answers as nvidia-smi of this host. */
  readonly runSmi: RunChild;
  readonly kernelLog: LogFollower;
  readonly locateSmi: LocateSmi;
  /** Time passes until the next look: 30 s on the host's uptime, or what the variant says, and what the variants say that goes on. */
  readonly step: () => void;
  /** What happened last to the node happens now, or is undone; a recording begins with it. Counters that grew stay where they are. */
  readonly fallSick: () => void;
  readonly recover: () => void;
}

/** A variant of a variant of a variant is hard enough to read; and two may name each other. */
const MOST_VARIANTS = 4;

/**
 * The recorded host with this name, or in this folder. Throws UsageError that lists the known names, and ConfigError for
 * a recording that is not whole.
 */
export function recordedHost(nameOrFolder: string): RecordedHost {
  const folder = folderOf(nameOrFolder);
  const variants: NamedVariant[] = [];
  let machine = folder;
  for (let file = join(machine, 'variant.json'); existsSync(file); file = join(machine, 'variant.json')) {
    const variant = readVariant(file);
    variants.push({ ...variant, file });
    machine = join(dirname(folder), variant.of);
    if (variants.length > MOST_VARIANTS) throw new ConfigError(file, `of: expected a machine at last, after at most ${MOST_VARIANTS} variants`);
  }
  if (!existsSync(join(machine, 'root/proc'))) throw new ConfigError(folder, `expected a folder root with proc in ${variants.length === 0 ? 'it, or a variant.json' : machine}`);
  const [name, [last]] = [basename(folder), variants];
  const title = last === undefined ? `${name}: as it was recorded` : `${basename(machine)} (${name}): ${last.sick}`;
  return { name, variants, machine, node: nodeOf(machine), title };
}

/** Composes a recorded host in a temporary folder. Throws as `recordedHost`, and ConfigError naming file and edit for an edit that does not fit. */
export function openRecording(nameOrFolder: string): Recording {
  const host = recordedHost(nameOrFolder);
  const { machine, variants: [last, ...earlier] } = host;
  const stepSeconds = last?.stepSeconds ?? 30;
  const own = temporaryFolder();
  const root = join(own, 'root');
  /** How often time has passed, and how often since what happened last. */
  const steps = { all: 0, sick: 0 };
  const smi = recordedSmi(join(own, 'smi'));
  let statfs: StatfsTable = new Map();
  let isSick = true;

  function apply(variant: NamedVariant, list: 'edits' | 'later'): void {
    statfs = applyEdits({ folder: own, statfs }, variant[list], `${variant.file}: ${list}`);
  }

  function become(variant: NamedVariant): void {
    layOver(join(dirname(variant.file), 'add'), own);
    apply(variant, 'edits');
  }

  function goOn(variant: NamedVariant, times: number): void {
    for (let time = 0; time < times; time++) apply(variant, 'later');
  }

  function compose(): void {
    for (const part of PARTS) rmSync(join(own, part), { recursive: true, force: true });
    layOver(machine, own);
    statfs = readStatfs(join(machine, 'statfs.json'));
    for (const variant of earlier.toReversed()) {
      become(variant);
      goOn(variant, steps.all);
    }
    if (last !== undefined && isSick) become(last);
    if (last !== undefined) goOn(last, steps.sick);
    addUptime(root, steps.all * stepSeconds);
    smi.recomposed();
  }

  function turn(toSick: boolean): void {
    isSick = toSick;
    compose();
  }

  function dispose(): void {
    rmSync(own, { recursive: true, force: true });
  }

  try {
    compose();
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    ...host,
    root,
    probe: recordedProbe(() => statfs, Date.now()),
    sources: recordedSources(root, join(own, 'clock/adjtimex.txt')),
    runSmi: smi.run,
    kernelLog: recordedLog,
    locateSmi: smi.locate,
    step() {
      steps.all++;
      for (const variant of earlier.toReversed()) goOn(variant, 1);
      if (isSick) steps.sick++;
      if (last !== undefined && isSick) goOn(last, 1);
      addUptime(root, stepSeconds);
    },
    fallSick: () => turn(true),
    recover: () => turn(false),
    [Symbol.dispose]: dispose,
  };
}

/** Folders of a recording: the host's root, what its nvidia-smi answers, and what its adjtimex does. */
const PARTS = ['root', 'smi', 'clock'];

/** Copies the parts of a recording over what is there. Links such as those of open files lead nowhere, and stay as they are. */
function layOver(from: string, to: string): void {
  for (const part of PARTS) {
    if (existsSync(join(from, part))) cpSync(join(from, part), join(to, part), { recursive: true, verbatimSymlinks: true });
  }
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
