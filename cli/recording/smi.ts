import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, codeOf, messageOf, quote } from '../../plugins/core/errors.ts';
import type { LocateSmi } from '../../plugins/gpu-monitor/smi/locate.ts';
import type { ChildResult, RunChild } from '../../plugins/linux/child.ts';

/** How nvidia-smi of a recorded host behaves, beside what it prints; `smi/answer.json`. */
export interface SmiAnswer {
  /** Default 0. */
  readonly exitCode?: number;
  /** In place of `smi/query.xml` and its like. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** It does not end, sleeping, until it is killed. */
  readonly hung?: boolean;
  /** It cannot even be killed. */
  readonly uninterruptible?: boolean;
  /** It gets no CPU time, and is killed at its deadline. */
  readonly starved?: boolean;
  /** There is no such program. */
  readonly missing?: boolean;
}

const KINDS: Readonly<Record<keyof SmiAnswer, 'number' | 'string' | 'boolean'>> = {
  exitCode: 'number', stdout: 'string', stderr: 'string', hung: 'boolean', uninterruptible: 'boolean', starved: 'boolean', missing: 'boolean',
};

/** Reads what an `smi/answer.json` or an edit of it says. Throws ConfigError that begins with `path`. */
export function readSmiAnswer(value: unknown, path: string): SmiAnswer {
  if (!isRecord(value)) throw new ConfigError(path, `expected an object, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  for (const [key, said] of Object.entries(value)) {
    const kind = Object.hasOwn(KINDS, key) ? KINDS[key as keyof SmiAnswer] : undefined;
    if (kind === undefined) throw new ConfigError(path, `unknown key ${quote(key)}; known are ${Object.keys(KINDS).join(', ')}`);
    if (typeof said !== kind) throw new ConfigError(`${path}.${key}`, `expected a ${kind}, got ${quote(JSON.stringify(said) ?? 'nothing')}`);
  }
  return value;
}

/** The `answer.json` of a recording's folder `smi`; without the file it ends as it should. Throws ConfigError naming it. */
export function smiAnswerIn(folder: string): SmiAnswer {
  const file = join(folder, 'answer.json');
  const text = textOf(file);
  if (text === undefined) return {};
  try {
    return readSmiAnswer(JSON.parse(text), file);
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : new ConfigError(file, messageOf(cause), { cause });
  }
}

/** Long enough asleep with the driver that it counts as hung, see `PidStat`. */
const ASLEEP = { state: 'S', cpuMs: 5_000 };
const IN_THE_KERNEL = { state: 'D', cpuMs: 5_000 };
const STARVED = { state: 'R', cpuMs: 0 };

/** Stands in for nvidia-smi of a composed recording; nothing is started. */
export interface RecordedSmi {
  readonly run: RunChild;
  readonly locate: LocateSmi;
  /** The recording was composed anew: what could not be killed may have ended. */
  readonly recomposed: () => void;
}

/** @param folder `smi` of the composed recording, which is read at each question */
export function recordedSmi(folder: string): RecordedSmi {
  const left = new Set<() => void>();
  return {
    async run({ args }): Promise<ChildResult> {
      const { exitCode = 0, stdout, stderr = '', hung, uninterruptible, starved } = smiAnswerIn(folder);
      if (hung === true) return { kind: 'timed-out', atDeadline: ASLEEP };
      if (starved === true) return { kind: 'timed-out', atDeadline: STARVED };
      if (uninterruptible === true) return { kind: 'abandoned', pid: PID, atDeadline: IN_THE_KERNEL, ended: new Promise<void>((resolve) => left.add(resolve)) };
      const printed = stdout ?? textOf(join(folder, fileFor(args)));
      if (printed === undefined) return { kind: 'exited', code: BAD_QUESTION, signal: null, stdout: '', stderr: 'not in this recording\n' };
      return { kind: 'exited', code: exitCode, signal: null, stdout: printed, stderr };
    },
    locate: () => (smiAnswerIn(folder).missing === true ? { kind: 'missing', lookedIn: ['usr/bin', 'run/nvidia/driver/usr/bin'], roots: ['/'] } : { kind: 'found', path: '/usr/bin/nvidia-smi', environment: {} }),
    recomposed() {
      if (smiAnswerIn(folder).uninterruptible === true) return;
      for (const end of left) end();
      left.clear();
    },
  };
}

/** Of a process that was never there. */
const PID = 4711;

/** What nvidia-smi says of arguments that it does not know, see nvidia-smi(1). */
const BAD_QUESTION = 2;

function fileFor(args: readonly string[]): string {
  if (args.includes('nvlink')) return 'nvlink.txt';
  return args.includes('-x') ? 'query.xml' : 'query.csv';
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new ConfigError(file, messageOf(cause), { cause });
  }
}
