import { readFileSync } from 'node:fs';
import { isCount, isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, messageOf, quote } from '../../plugins/core/errors.ts';
import { type Edit, readEdit } from './edit.ts';

/** A recorded machine to which something has happened, as `variant.json` tells it. */
export interface Variant {
  /** The recording that it is made from: of a machine, or another variant. */
  readonly of: string;
  /** One sentence: what happened to this node. */
  readonly sick: string;
  /** `Condition/Reason` of every condition that is not healthy then. */
  readonly expect: readonly string[];
  /** The same once it has lasted, where that differs: of what can no longer be told the last known state is held for a while. */
  readonly expectLasting: readonly string[];
  /** What makes it so. */
  readonly edits: readonly Edit[];
  /** What goes on, once before each further look: counters that grow. */
  readonly later: readonly Edit[];
  /** The look before was of the host that was still well: it is told by comparison with that. */
  readonly isSudden: boolean;
  /** So much time passes on the host from look to look, where the 30 s of nearly all checks would take too long to tell it. */
  readonly stepSeconds: number;
  /** Looks that are taken before the one that is told. */
  readonly looksBefore: number;
}

const KEYS = ['of', 'sick', 'expect', 'edits', 'later', 'sudden', 'lasting', 'stepSeconds', 'looksBefore'];

/** The period of nearly all checks. */
const STEP_SECONDS = 30;

/** Reads a `variant.json`. Throws ConfigError that names the file and what is wrong in it. */
export function readVariant(file: string): Variant {
  const content = contentOf(file);
  if (!isRecord(content)) throw new ConfigError(file, 'expected an object');
  for (const key of Object.keys(content)) {
    if (!KEYS.includes(key)) throw new ConfigError(file, `unknown key ${quote(key)}; known are ${KEYS.join(', ')}`);
  }
  const { of, sick, expect, lasting = expect, edits, later = [], sudden = false, stepSeconds = STEP_SECONDS, looksBefore = 1 } = content;
  if (typeof sudden !== 'boolean') throw new ConfigError(`${file}: sudden`, `expected true or false, got ${quote(JSON.stringify(sudden) ?? 'nothing')}`);
  return {
    of: text(of, `${file}: of`),
    sick: text(sick, `${file}: sick`),
    expect: texts(expect, `${file}: expect`),
    expectLasting: texts(lasting, `${file}: lasting`),
    edits: list(edits, `${file}: edits`).map((edit, index) => readEdit(edit, `${file}: edits[${index}]`)),
    later: list(later, `${file}: later`).map((edit, index) => readEdit(edit, `${file}: later[${index}]`)),
    isSudden: sudden,
    stepSeconds: countOf(stepSeconds, `${file}: stepSeconds`),
    looksBefore: countOf(looksBefore, `${file}: looksBefore`),
  };
}

function contentOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(file, cause instanceof SyntaxError ? `is not JSON: ${cause.message}` : messageOf(cause), { cause });
  }
}

function countOf(value: unknown, path: string): number {
  if (!isCount(value) || value === 0) throw new ConfigError(path, `expected a whole number above 0, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') throw new ConfigError(path, `expected a text, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  return value;
}

function texts(value: unknown, path: string): readonly string[] {
  return list(value, path).map((entry, index) => text(entry, `${path}[${index}]`));
}

function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ConfigError(path, `expected a list, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
  return value;
}
