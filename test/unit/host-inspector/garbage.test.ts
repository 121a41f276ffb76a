import { assert } from 'chai';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { hostChecks } from '../../../plugins/host-inspector/checks/index.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import type { FilesystemAnswer } from '../../../plugins/linux/filesystem-answer.ts';
import type { FilesystemProbe } from '../../../plugins/linux/filesystem-probe.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const SICK_NODE = join(import.meta.dirname, '../../hosts/sick-node');

/** Every disk of the sick node is full, of bytes and of inodes. */
const FULL: FilesystemAnswer = { kind: 'ok', totalBytes: 1e12, freeBytes: 0, availableBytes: 0, inodes: 1_000, inodesFree: 0 };
const probe: FilesystemProbe = { probe: async () => FULL };
const settings = defaultsOf(hostSettings);
const checks = new Map(hostChecks(probe).map((check) => [check.name, check]));

interface Case {
  readonly file: string;
  readonly check: string;
  /** What the whole file says. */
  readonly whole: readonly Verdict['kind'][];
}

/** The node is sick in every respect but OOM kills, which are no condition; so whatever is healthy was made up. */
const CASES: readonly Case[] = [
  { file: 'proc/meminfo', check: 'memory-available', whole: ['problem'] },
  { file: 'proc/pressure/memory', check: 'memory-stalled', whole: ['problem'] },
  { file: 'proc/1/mountinfo', check: 'disk-space', whole: Array.from({ length: 8 }, () => 'problem' as const) },
  { file: 'proc/vmstat', check: 'oom-kills', whole: ['healthy'] },
];

async function look(check: Check<HostSettings>, { root }: HostTree): Promise<readonly Verdict[]> {
  const scene = { root, settings, memo: undefined, signal: new AbortController().signal, log: silentLogger };
  return (await runCheck(check, scene)).verdicts;
}

function assertSickOrUnknown(verdicts: readonly Verdict[], where: string): void {
  assert.isNotEmpty(verdicts, where);
  for (const kind of kinds(verdicts)) assert.oneOf(kind, ['problem', 'unknown'], where);
}

function kinds(verdicts: readonly Verdict[]): readonly Verdict['kind'][] {
  return verdicts.map(({ kind }) => kind);
}

describe('a file of a sick node', () => {
  for (const { file, check: name, whole } of CASES) {
    const text = readFileSync(join(SICK_NODE, file));
    const check = checks.get(name);
    if (check === undefined) throw new Error(`no check ${name}`);
    let host: HostTree;
    beforeEach(() => (host = hostTree()));
    afterEach(() => host[Symbol.dispose]());

    it(`${file}: whole, it says what it says`, async () => {
      host.write(file, text.toString());
      assert.deepEqual(kinds(await look(check, host)), whole);
    });

    it(`${file}: cut inside a line, nothing can be told, at whatever byte of the file`, async () => {
      const ends = positions(text.length).filter((end) => text[end - 1] !== 0x0a);
      for (const end of ends) {
        host.write(file, text.subarray(0, end).toString());
        assert.deepEqual(kinds(await look(check, host)), ['unknown'], `cut at ${end}`);
      }
    });

    if (name === 'oom-kills') continue;

    it(`${file}: cut between two lines, it is neither healthy nor without anything to judge`, async () => {
      const ends = [...text.keys()].filter((index) => text[index] === 0x0a).map((index) => index + 1);
      for (const end of ends) {
        host.write(file, text.subarray(0, end).toString());
        assertSickOrUnknown(await look(check, host), `cut at ${end}`);
      }
    });

    it(`${file}: with a piece replaced by garbage, it is neither healthy nor without anything to judge`, async () => {
      const garbage = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[0-9]/g, 'x'));
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length - 1), fc.nat(60), garbage, async (at, length, junk) => {
          host.write(file, Buffer.concat([text.subarray(0, at), Buffer.from(junk, 'latin1'), text.subarray(at + length)]).toString('latin1'));
          assertSickOrUnknown(await look(check, host), `at ${at}`);
        }),
        { numRuns: 300 },
      );
    });

    it(`${file}: replaced by garbage as a whole, nothing can be told`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
          host.write(file, Buffer.from(bytes).toString('latin1'));
          assert.deepEqual(kinds(await look(check, host)), ['unknown']);
        }),
        { numRuns: 100 },
      );
    });
  }
});

/** All, or 400 spread over the file where it is longer. */
function positions(length: number): readonly number[] {
  const count = Math.min(length, 400);
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * (length - 1)) / count));
}
