import { cutToBytes, oneLine } from '../../core/text.ts';
import { normalAddress } from './address.ts';
import { meaningOf } from './exit-codes.ts';
import type { Complaint, ComplaintKind } from './look.ts';

/** How nvidia-smi ended, and what it wrote. */
export interface SmiEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One per GPU of the largest nodes; what follows says nothing new. */
const MOST_COMPLAINTS = 16;
const LONGEST_TEXT_BYTES = 200;
/** The words of the driver stand in the first lines; a flood is not searched for them. */
const MOST_LINES = 2_000;
const LONGEST_LINE = 1_000;

/**
 * What each text means, in any version of nvidia-smi; the first that matches counts. Mostly the words of nvmlErrorString() behind
 * those of nvidia-smi, as drivers 340 to 610 print them on either stream.
 */
const TEXTS: readonly (readonly [RegExp, ComplaintKind])[] = [
  [/driver\/library version mismatch/i, 'library-mismatch'],
  [/couldn't communicate with the NVIDIA driver|failed to initialize NVML: driver not loaded/i, 'driver-not-loaded'],
  [/couldn't find libnvidia-ml|NVIDIA-SMI couldn't find|failed to initialize NVML: (?:NVML )?shared library not found/i, 'library-missing'],
  [/infoROM is corrupted/i, 'inforom-corrupted'],
  [/power cable|external power/i, 'power-cable'],
  [/requires? (?:a )?reset|GPU reset (?:is )?required/i, 'reset-required'],
  [/insufficient permissions|blocked (?:this|by the operating system)|failed to initialize NVML: unknown error/i, 'no-access'],
  [/GPU is lost|unable to determine the device handle|fallen off the bus/i, 'gpu-lost'],
  [/no devices were found|no supported GPUs were found/i, 'no-devices'],
  [/is not a valid field to query|invalid combination of input arguments|unrecognized (?:argument|option)|option .* is not recognized/i, 'bad-question'],
  [/failed to initialize NVML/i, 'other'],
];

/** `GPU 0000:91:00.0`, `GPU0000:91:00.0`, `GPU0: 0000:91:00.0`, `gpu 00000000:91:00.0`. */
const ADDRESS = /(?<![0-9a-f])(?:GPU)?([0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f](?:\.[0-7])?)/i;

/** The second line of a mismatch. */
const LIBRARY_VERSION = /NVML library version: *([0-9.]+)/i;

/**
 * Both streams and the exit code, taken together. What stands inside of the XML, and rows of a query, are no complaints. A text
 * that is known says more than the code that comes with it; a code other than 0 without one is a complaint of its own.
 * Byte-stable, at most 16, in the order in which they were written, each once.
 */
export function complaintsOf(end: SmiEnd): readonly Complaint[] {
  const lines = [...linesOf(end.stderr), ...linesOf(withoutXml(end.stdout))];
  const found = new Map<string, Complaint>();
  for (const line of lines) {
    const complaint = complaintIn(line, lines);
    if (complaint !== undefined) found.set(`${complaint.kind} ${complaint.address ?? complaint.text}`, complaint);
    if (found.size >= MOST_COMPLAINTS) break;
  }
  if (found.size > 0) return [...found.values()];
  return end.code === 0 && end.signal === null ? [] : [ofEnd(end)];
}

function complaintIn(line: string, lines: readonly string[]): Complaint | undefined {
  const kind = TEXTS.find(([text]) => text.test(line))?.[1];
  if (kind === undefined) return undefined;
  const address = normalAddress(ADDRESS.exec(line)?.[1] ?? '');
  if (kind !== 'library-mismatch') return { kind, address, text: stable(line) };
  const version = lines.map((other) => LIBRARY_VERSION.exec(other)?.[1]).find((each) => each !== undefined);
  return { kind, address, text: stable(version === undefined ? line : `${line} (NVML library version ${version})`) };
}

function ofEnd({ code, signal, stderr }: SmiEnd): Complaint {
  const { kind, text } = meaningOf(code, signal);
  // What a query writes to stdout may be live; stderr is for people.
  const [words] = linesOf(stderr);
  return { kind, address: undefined, text: stable(words === undefined ? text : `${text}: ${words}`) };
}

/** What stands before and after the XML; of one that was cut off, only lines without a tag. */
function withoutXml(stdout: string): string {
  const start = stdout.search(/<\?xml|<!DOCTYPE|<nvidia_smi_log/);
  if (start === -1) return withoutRows(stdout);
  const endTag = '</nvidia_smi_log>';
  const end = stdout.indexOf(endTag, start);
  if (end !== -1) return `${stdout.slice(0, start)}\n${stdout.slice(end + endTag.length)}`;
  const inside = stdout.slice(start).split('\n', MOST_LINES).filter((line) => !/[<>]/.test(line) && !/^\s/.test(line));
  return `${stdout.slice(0, start)}\n${inside.join('\n')}`;
}

/** Rows of a query have cells, and its placeholders stand in brackets: `NVIDIA A100, [GPU requires reset], 40`. */
function withoutRows(stdout: string): string {
  return stdout.split('\n', MOST_LINES).filter((line) => !/, \[|\], |^\[[^\]]*\]$/.test(line) && line.split(', ').length < 8).join('\n');
}

function linesOf(text: string): readonly string[] {
  return text.split('\n', MOST_LINES).map((line) => line.slice(0, LONGEST_LINE).trim()).filter((line) => line !== '');
}

/** Process numbers, pointers and times of day differ from look to look. */
function stable(line: string): string {
  const steady = oneLine(line).replaceAll(/0x[0-9a-f]+|\b\d\d:\d\d:\d\d\b(?!\.)|(?<![\w.:-])\d{5,}(?![\w.:])/gi, '…').replaceAll(/\s+/g, ' ');
  // Copied: a piece of the output would keep all of it in memory.
  return Buffer.from(cutToBytes(steady, LONGEST_TEXT_BYTES)).toString();
}
