import { readFileSync } from 'node:fs';

/** What a program or library asks of the system that runs it. */
export interface Elf {
  /** `e_machine`: 62 for amd64, 183 for arm64. */
  readonly machine: number;
  /** The loader, of a program. */
  readonly interpreter: string | undefined;
  /** Names of libraries: `libc.so.6`. */
  readonly needed: readonly string[];
}

export const ELF_MACHINES: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

/** Types of segments and tags of the dynamic section, see elf(5). */
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const [DT_NULL, DT_NEEDED, DT_STRTAB] = [0, 1, 5];

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Undefined for a file that is none, or not of 64 bits and little-endian, as both of our architectures are. */
export function readElf(path: string): Elf | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f45_4c46 || bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const segments = segmentsOf(bytes);
  const find = (type: number): Segment | undefined => segments.find((segment) => segment.type === type);
  const [interpreter, dynamic] = [find(PT_INTERP), find(PT_DYNAMIC)];
  return {
    machine: bytes.readUInt16LE(18),
    interpreter: interpreter && textAt(bytes, interpreter.offset),
    needed: dynamic === undefined ? [] : neededBy(bytes, dynamic, segments),
  };
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const [start, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    const wordAt = (offset: number): number => Number(bytes.readBigUInt64LE(at + offset));
    return { type: bytes.readUInt32LE(at), offset: wordAt(8), address: wordAt(16), size: wordAt(32) };
  });
}

function neededBy(bytes: Buffer, dynamic: Segment, segments: readonly Segment[]): readonly string[] {
  const entries: { tag: number; value: number }[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = Number(bytes.readBigInt64LE(at));
    if (tag === DT_NULL) break;
    entries.push({ tag, value: Number(bytes.readBigUInt64LE(at + 8)) });
  }
  const names = entries.find(({ tag }) => tag === DT_STRTAB)?.value ?? 0;
  const home = segments.find(({ type, address, size }) => type === PT_LOAD && names >= address && names < address + size);
  const start = names - (home?.address ?? 0) + (home?.offset ?? 0);
  return entries.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => textAt(bytes, start + value));
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}
