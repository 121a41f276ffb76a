import { parseCounter, parseDecimal } from '../../core/decode.ts';
import { codeOf, ParseError } from '../../core/errors.ts';
import { type Outcome, readText } from '../read.ts';
import { requireWholeText } from './whole-text.ts';

export type PressureResource = 'cpu' | 'memory' | 'io' | 'irq';

export interface Pressure {
  /** At least one task waited. `irq` has no such line. */
  readonly some: Stall | undefined;
  /** All tasks that were not idle waited at once. `cpu` lacks the line before Linux 5.13, and has zeros for the whole host. */
  readonly full: Stall | undefined;
}

export interface Stall {
  /** Share of wall time over the last 10, 60 and 300 seconds. */
  readonly avg10Percent: number;
  readonly avg60Percent: number;
  readonly avg300Percent: number;
  /** Since boot, microseconds. */
  readonly totalUs: bigint;
}

const LINE = /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)$/;

/**
 * Reads /proc/pressure/<resource>. `absent` covers both a kernel without PSI (before 4.20, or not built in) and one
 * that has it switched off; the message says which, for they have different remedies. Throws ParseError for a malformed file.
 */
export function readPressure(root: string, resource: PressureResource): Outcome<Pressure> {
  return readPressureFile(root, `proc/pressure/${resource}`);
}

/** Reads a file of that form, below root. */
export function readPressureFile(root: string, path: string): Outcome<Pressure> {
  const outcome = readText(root, path, { maxBytes: 4096 });
  if (outcome.kind === 'absent') {
    return { ...outcome, message: `this kernel has no /${path}` };
  }
  // With psi=0 the file opens, and each read gives EOPNOTSUPP, which libuv calls ENOTSUP.
  if (outcome.kind === 'failed' && codeOf(outcome.cause) === 'ENOTSUP') {
    return { kind: 'absent', message: 'pressure stall information is switched off; boot with psi=1', cause: outcome.cause };
  }
  return outcome.kind === 'ok' ? { kind: 'ok', value: parsePressure(outcome.value, `/${path}`) } : outcome;
}

/**
 * Parses /proc/pressure/{cpu,memory,io,irq}, see the kernel's Documentation/accounting/psi.rst. The file looks like
 *
 *     some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802
 *     full avg10=0.18 avg60=0.34 avg300=0.10 total=159229614
 *
 * Lines that begin otherwise are ignored; a file with neither line is an error.
 */
export function parsePressure(text: string, file: string): Pressure {
  const stalls = new Map<string, Stall>();
  for (const [index, line] of text.split('\n').entries()) {
    const [kind] = /^(?:some|full)\b/.exec(line) ?? [];
    if (kind === undefined) continue;
    const where = `${file}:${index + 1}`;
    if (stalls.has(kind)) throw new ParseError(where, `one line "${kind}"`, line);
    stalls.set(kind, parseLine(line, where));
  }
  if (stalls.size === 0) throw new ParseError(file, 'a line "some" or "full"', text);
  requireWholeText(text, file);
  return { some: stalls.get('some'), full: stalls.get('full') };
}

function parseLine(line: string, where: string): Stall {
  const [, , avg10, avg60, avg300, total] = LINE.exec(line) ?? [];
  if (avg10 === undefined || avg60 === undefined || avg300 === undefined || total === undefined) {
    throw new ParseError(where, '"some|full avg10=<n> avg60=<n> avg300=<n> total=<n>"', line);
  }
  return {
    avg10Percent: parsePercent(avg10, where),
    avg60Percent: parsePercent(avg60, where),
    avg300Percent: parsePercent(avg300, where),
    totalUs: parseCounter(total, where),
  };
}

/** The kernel caps each sample at the time that passed. */
function parsePercent(text: string, where: string): number {
  const percent = parseDecimal(text, where);
  if (percent > 100) throw new ParseError(where, 'at most 100 percent', text);
  return percent;
}
