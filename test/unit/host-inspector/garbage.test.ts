import { assert } from 'chai';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording } from '../../../cli/recording.ts';
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

/** A file of a recorded node that is sick in every respect. */
function recorded(file: string): Buffer {
  using recording = openRecording('sick-node');
  return readFileSync(join(recording.root, file));
}

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
  /** Where the recorded node has no such file. */
  readonly text?: string;
  /** What else makes it sick. */
  readonly around?: (host: HostTree) => void;
}

const LONG_WAITS = 'some avg10=99.99 avg60=99.99 avg300=99.99 total=999999999\nfull avg10=99.99 avg60=99.99 avg300=99.99 total=999999999\n';
const HIGH_LOAD = '999.99 999.99 999.99 99/999 99999\n';
const SERVICES = 'sys/fs/cgroup/system.slice';
const CPUS = 'sys/devices/system/cpu';
/** Of either CPU, so that a shorter number in the file of one is no health. */
const throttle = (host: HostTree): void => {
  for (const cpu of [0, 1]) host.write(`${CPUS}/cpu${cpu}/thermal_throttle/package_throttle_total_time_ms`, '80000000\n');
};

/** The node is sick in every respect but OOM kills, which are no condition; so whatever is healthy was made up. */
const CASES: readonly Case[] = [
  { file: 'proc/meminfo', check: 'memory-available', whole: ['problem'] },
  { file: 'proc/pressure/memory', check: 'memory-stalled', whole: ['problem'] },
  { file: 'proc/1/mountinfo', check: 'disk-space', whole: Array.from({ length: 8 }, () => 'problem' as const) },
  { file: 'proc/vmstat', check: 'oom-kills', whole: ['healthy'] },
  { file: `${SERVICES}/io.pressure`, check: 'io-stalled', whole: ['problem'], text: LONG_WAITS },
  { file: `${SERVICES}/cpu.pressure`, check: 'cpu-stalled', whole: ['problem'], text: LONG_WAITS, around: (host) => host.write('proc/loadavg', HIGH_LOAD) },
  { file: 'proc/loadavg', check: 'cpu-stalled', whole: ['problem'], text: HIGH_LOAD, around: (host) => host.setPressure('services', 'cpu', 99.99, 0) },
  { file: 'proc/uptime', check: 'cpu-throttled', whole: ['problem'], text: '86400.00 86000.00\n', around: throttle },
  { file: `${CPUS}/online`, check: 'cpu-throttled', whole: ['problem'], text: '0-1\n', around: throttle },
  { file: `${CPUS}/cpu0/thermal_throttle/package_throttle_total_time_ms`, check: 'cpu-throttled', whole: ['problem'], text: '80000000\n', around: throttle },
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
  for (const { file, check: name, whole, text: made, around } of CASES) {
    const text = made === undefined ? recorded(file) : Buffer.from(made);
    const check = checks.get(name);
    if (check === undefined) throw new Error(`no check ${name}`);
    let host: HostTree;
    beforeEach(() => {
      host = hostTree();
      around?.(host);
    });
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
      // Line ends alone are none: in place of the last digits they make another whole number.
      const garbage = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[0-9]/g, 'x')).filter((junk) => /[^\n]/.test(junk));
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

/**
 * Numbers of equal length, so that no piece taken out turns one into another that is there too; no folder, type or word
 * that has an ignored one inside.
 */
const TABLE = [
  '27 1 254:10 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '30 27 0:2000 / /proc rw - proc proc rw',
  '41 27 259:11 / /var/lib/kubelet rw,relatime shared:2 - ext4 /dev/vdb rw',
  '42 27 259:12 / /var/lib/containerd rw,relatime - ext4 /dev/vdc rw',
  '43 27 259:13 / /data rw,relatime shared:3 master:4 - ext4 /dev/vdd rw,errors=remount-ro',
  '44 43 259:14 / /data/deep rw - ext4 /dev/vde rw',
  String.raw`45 44 259:15 / /data/deep/a\040b rw - ext4 /dev/vdf rw`,
  '60 27 0:2001 / /containers/rootfs rw - overlay overlay rw,lowerdir=/x,upperdir=/var/lib/containerd/1/fs',
];
const FULL_DISKS = ['/', '/var/lib/kubelet', '/var/lib/containerd', '/data', '/data/deep', '/data/deep/a b'];

/** Knows the disks as they are, and so tells where a path leads elsewhere than a garbled table says. */
const honestProbe: FilesystemProbe = {
  probe: async ({ mountPoint, device: { major, minor } }) => {
    const isThere = TABLE.some((line) => line.includes(` ${major}:${minor} / ${mountPoint.replaceAll(' ', String.raw`\040`)} `));
    return isThere ? FULL : { kind: 'not-visible', message: `${mountPoint}: leads elsewhere` };
  },
};

describe('a mount table with several full disks', () => {
  const check = hostChecks(honestProbe).find(({ name }) => name === 'disk-space');
  if (check === undefined) throw new Error('no check disk-space');
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  async function told(lines: readonly string[]): Promise<{ readonly full: ReadonlySet<string>; readonly isUnknown: boolean }> {
    host.write('proc/1/mountinfo', `${lines.join('\n')}\n`);
    const verdicts = check === undefined ? [] : await look(check, host);
    const full = verdicts.flatMap((verdict) => (verdict.kind === 'problem' ? [verdict.subject] : []));
    return { full: new Set(full), isUnknown: verdicts.some(({ kind }) => kind === 'unknown') };
  }

  it('tells each of them', async () => {
    assert.deepEqual(await told(TABLE), { full: new Set(FULL_DISKS), isUnknown: false });
  });

  it('that lost a line tells each of the others, or that it cannot tell', async () => {
    for (const [index, line] of TABLE.entries()) {
      const { full, isUnknown } = await told(TABLE.toSpliced(index, 1));
      const others = FULL_DISKS.filter((mountPoint) => !line.includes(` / ${mountPoint.replaceAll(' ', String.raw`\040`)} `));
      if (!isUnknown) assert.includeMembers([...full], others, line);
    }
  });

  it('with garbage in a line tells each of them, or that it cannot tell', async () => {
    const garbage = fc.string({ unit: 'binary', maxLength: 10 }).map((text) => text.replaceAll(/[0-9\n]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(fc.nat(TABLE.length - 1), fc.nat(80), fc.nat(30), garbage, async (row, at, length, junk) => {
        const line = TABLE[row] ?? '';
        const { full, isUnknown } = await told(TABLE.with(row, line.slice(0, at) + junk + line.slice(at + length)));
        if (!isUnknown) assert.includeMembers([...full], FULL_DISKS);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Of a host whose every file system gave up writing, hangs, and counted errors. */
const SICK_FILES: readonly (readonly [file: string, text: string, checks: readonly string[]])[] = [
  [
    'proc/1/mountinfo',
    [
      '27 1 254:10 / / rw,relatime shared:1 - ext4 /dev/vda rw,emergency_ro',
      '41 27 254:10 /var /srv rw,relatime shared:2 - ext4 /dev/vda rw,emergency_ro',
      '42 27 0:2000 / /share rw,relatime - nfs4 server:/ rw,hard,addr=192.0.2.1',
      '',
    ].join('\n'),
    ['filesystem-read-only', 'mounts-answer', 'filesystem-errors'],
  ],
  ['sys/fs/ext4/vda/errors_count', '12\n', ['filesystem-errors']],
  ['sys/fs/ext4/vda/last_error_time', '1795000100\n', ['filesystem-errors']],
  ['sys/dev/block/254:10/uevent', 'MAJOR=254\nMINOR=10\nDEVNAME=vda\n', ['filesystem-errors']],
];

describe('a file of a host whose every file system is sick', () => {
  const sickChecks = new Map(hostChecks({ probe: async () => ({ kind: 'stuck', sinceMs: 1 }) }).map((check) => [check.name, check]));
  let host: HostTree;
  beforeEach(() => {
    host = hostTree();
    for (const [file, text] of SICK_FILES) host.write(file, text);
  });
  afterEach(() => host[Symbol.dispose]());

  for (const [file, text, names] of SICK_FILES) {
    for (const name of names) {
      const check = sickChecks.get(name);
      if (check === undefined) throw new Error(`no check ${name}`);

      it(`${file}: ${name} tells the sickness, and of a part of the file nothing else but that it cannot tell`, async () => {
        for (const kind of kinds(await look(check, host))) assert.equal(kind, 'problem');
        for (let end = 0; end < text.length; end++) {
          host.write(file, text.slice(0, end));
          assertSickOrUnknown(await look(check, host), `cut at ${end}`);
        }
      });

      it(`${file}: ${name} takes garbage for nothing`, async () => {
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
            host.write(file, Buffer.from(bytes).toString('latin1').replaceAll(/[0-9]/g, 'x'));
            assert.deepEqual(kinds(await look(check, host)), ['unknown']);
          }),
          { numRuns: 100 },
        );
      });
    }
  }
});

/** All, or 400 spread over the file where it is longer. */
function positions(length: number): readonly number[] {
  const count = Math.min(length, 400);
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * (length - 1)) / count));
}
