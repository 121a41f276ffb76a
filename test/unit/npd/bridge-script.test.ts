import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Condition } from '../../../plugins/core/status.ts';
import { CONDITION_SCRIPT } from '../../../plugins/npd/bridge-script.ts';
import { bridgeFileText, bridgeLines } from '../../../plugins/npd/bridge-status.ts';
import { conditionScriptModule } from '../../../scripts/condition-script-module.ts';
import { anyText } from '../../support/arbitraries.ts';
import { SCRIPT, SHELLS, answerIn, runScript } from '../../support/condition-script.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const ROOT = join(import.meta.dirname, '../../..');

function condition(type: string, status: Condition['status'], reason: string, message: string): Condition {
  return { type, status, reason, message, transitionMs: 0 };
}

const SICK = condition('MemoryPressureHigh', 'True', 'MemoryLow', 'node memory: less than 800Mi available');
const HEALTHY = condition('DiskSpaceLow', 'False', 'NodeHasDiskSpace', 'all judged file systems have space and inodes');
const BLIND = condition('IOPressureHigh', 'Unknown', 'IOPressureUnknown', 'no look yet');

function fileText(conditions: readonly Condition[], ageS = 0): string {
  return bridgeFileText(bridgeLines(conditions), Date.now() - ageS * 1_000);
}

const anyCondition: fc.Arbitrary<Condition> = fc.record({
  type: fc.constantFrom('A', 'DiskSpaceLow', 'Disk', 'DiskSpaceLowX', 'end', 'True'),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: fc.constantFrom('R', 'NodeHasDiskSpace', 'False'),
  message: fc.oneof(anyText, fc.constantFrom('$(touch pwned)', '`id`', '\\n\\c%s%d', '* ?', '-n', '"; exit 0; "', ': : ', ' x ', '$file')),
  transitionMs: fc.constant(0),
});

const anyConditions = fc.uniqueArray(anyCondition, { selector: ({ type }) => type, maxLength: 6 });

/** What may have happened to a file: its bytes, changed here and there. */
const anyDamage: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(([at, byte]) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    changed[at % bytes.length] = byte;
    return changed;
  }),
  fc.tuple(fc.nat(), fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(...['\0', '\n', ' ', 'A True R: x\n', 'end 1\n'].map((text) => Buffer.from(text)))))
    .map(([at, more]) => (bytes: Buffer) => Buffer.concat([bytes.subarray(0, at % (bytes.length + 1)), more, bytes.subarray(at % (bytes.length + 1))])),
  fc.tuple(fc.nat(), fc.nat(20)).map(([at, length]) => (bytes: Buffer) => Buffer.concat([bytes.subarray(0, at % bytes.length), bytes.subarray((at % bytes.length) + length)])),
);

describe('the script for NPD', () => {
  it('is the one that the program carries', () => {
    assert.equal(CONDITION_SCRIPT, readFileSync(SCRIPT, 'utf8'));
    const { file, text } = conditionScriptModule(ROOT);
    assert.equal(readFileSync(join(ROOT, file), 'utf8'), text, `${file}: npm run generate`);
  });

  const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  (hasShellcheck ? it : it.skip)(`passes shellcheck as POSIX sh${hasShellcheck ? '' : ' (shellcheck is not installed)'}`, function () {
    this.timeout(90_000);
    const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', SCRIPT], { encoding: 'utf8' });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
  });

  it('says nothing of its own that the document does not explain', () => {
    const words = (text: string, form: RegExp) => [...new Set([...text.matchAll(form)].map(([, word]) => word))];
    const explained = words(readFileSync(join(ROOT, 'docs/stock-npd.md'), 'utf8'), /^\| `([A-Za-z]+): /gm);
    assert.sameMembers(explained, words(CONDITION_SCRIPT, /unknown ([A-Za-z]+) /g));
  });

  it('is tried with dash, which is /bin/sh in NPD\'s image, and with bash', () => {
    assert.includeMembers([...SHELLS], ['/bin/dash', '/bin/bash']);
  });

  for (const shell of SHELLS) describe(`run by ${shell}`, () => {
    const table: readonly { readonly name: string; readonly text: () => string; readonly args?: readonly string[]; readonly code: number; readonly says: string }[] = [
      { name: 'a problem is 1', text: () => fileText([HEALTHY, SICK, BLIND]), code: 1, says: 'MemoryLow: node memory: less than 800Mi available' },
      { name: 'no problem is 0', text: () => fileText([SICK, HEALTHY]), args: ['DiskSpaceLow'], code: 0, says: 'NodeHasDiskSpace: all judged file systems have space and inodes' },
      { name: 'unknown is 2', text: () => fileText([SICK, BLIND]), args: ['IOPressureHigh'], code: 2, says: 'IOPressureUnknown: no look yet' },
      { name: 'a healthy roll-up, for which True is good, stays True', text: () => fileText([condition('AcceleratedHardwareReady', 'True', 'AcceleratedHardwareIsReady', 'fine')]), args: ['AcceleratedHardwareReady'], code: 1, says: 'AcceleratedHardwareIsReady: fine' },
      { name: 'almost stale is good', text: () => fileText([SICK], 80), code: 1, says: 'MemoryLow: node memory: less than 800Mi available' },
      { name: 'stale is 2', text: () => fileText([SICK], 100), code: 2, says: 'StatusFileStale: {file} is older than 90 s; its monitor has ended, hangs, or cannot write' },
      { name: 'stale after the age that was asked for is 2', text: () => fileText([SICK], 40), args: ['MemoryPressureHigh', '30'], code: 2, says: 'StatusFileStale: {file} is older than 30 s; its monitor has ended, hangs, or cannot write' },
      { name: 'a clock that was set back a little is good', text: () => fileText([SICK], -20), code: 1, says: 'MemoryLow: node memory: less than 800Mi available' },
      { name: 'from the future is 2', text: () => fileText([SICK], -60), code: 2, says: 'StatusFileFromTheFuture: {file}: its time is ahead of the clock' },
      { name: 'from the year 2286 is 2', text: () => fileText([SICK], -8_000_000_000), code: 2, says: 'StatusFileFromTheFuture: {file}: its time is ahead of the clock' },
      { name: 'a condition that is not in it is 2', text: () => fileText([HEALTHY]), code: 2, says: 'ConditionNotReported: MemoryPressureHigh is not in {file}; its monitor does not report it' },
      { name: 'a part of a name is not the name', text: () => fileText([HEALTHY]), args: ['Disk'], code: 2, says: 'ConditionNotReported: Disk is not in {file}; its monitor does not report it' },
      { name: 'an empty file is 2', text: () => '', code: 2, says: 'StatusFileBroken: {file}: it is not whole' },
      { name: 'another version is 2', text: () => fileText([SICK]).replace('status 1', 'status 2'), code: 2, says: 'StatusFileBroken: {file}: its first line is not that of a status file of this version' },
      { name: 'a condition twice is 2', text: () => fileText([SICK, HEALTHY, SICK]), args: ['DiskSpaceLow'], code: 2, says: 'StatusFileBroken: {file}: a condition stands in it twice' },
      { name: 'a status of another kind is 2', text: () => fileText([SICK]).replace(' True ', ' Nope '), code: 2, says: 'StatusFileBroken: {file}: a line has no known status' },
      { name: 'more after the end is 2', text: () => `${fileText([SICK])}x\n`, code: 2, says: 'StatusFileBroken: {file}: it goes on after its end' },
      { name: 'a NUL in the place of a character is 2', text: () => fileText([SICK]).replace('node', 'n\0de'), code: 2, says: 'StatusFileBroken: {file}: it is not whole' },
      { name: 'a longer message than ours is 2', text: () => bridgeFileText([`A True R: ${'x'.repeat(1_022)}`], Date.now()), args: ['A'], code: 2, says: 'StatusFileBroken: {file}: a line is too long' },
      { name: 'the longest message is good', text: () => bridgeFileText([`A True R: ${'x'.repeat(1_021)}`], Date.now()), args: ['A'], code: 1, says: `R: ${'x'.repeat(1_021)}` },
      { name: 'an octal number is 2, and no error of the shell', text: () => fileText([SICK]).replace(/ 1\n/, ' 01\n'), code: 2, says: 'StatusFileBroken: {file}: its first line is damaged' },
      { name: 'an option for a name is 2', text: () => fileText([SICK]), args: ['-n'], code: 2, says: 'WrongArguments: expected STATUS-FILE CONDITION-TYPE [MAX-AGE-S]' },
      { name: 'a pattern for a name is 2', text: () => fileText([SICK]), args: ['*'], code: 2, says: 'WrongArguments: expected STATUS-FILE CONDITION-TYPE [MAX-AGE-S]' },
      { name: 'an age that is no number is 2', text: () => fileText([SICK]), args: ['MemoryPressureHigh', '1m'], code: 2, says: 'WrongArguments: expected STATUS-FILE CONDITION-TYPE [MAX-AGE-S]' },
      { name: 'no name is 2', text: () => fileText([SICK]), args: [], code: 2, says: 'WrongArguments: expected STATUS-FILE CONDITION-TYPE [MAX-AGE-S]' },
    ];

    for (const { name, text, args = ['MemoryPressureHigh'], code, says } of table) {
      it(name, () => {
        using folder = temporaryFolder();
        const file = folder.file('m.status');
        writeFileSync(file, text());
        assert.deepEqual(runScript(shell, [file, ...args]), { code, stdout: `${says.replace('{file}', file)}\n` });
      });
    }

    it('a file that is missing, no file, a link or unreadable is 2', () => {
      using folder = temporaryFolder();
      chmodSync(folder.path, 0o755);
      const file = folder.file('m.status');
      const script = folder.file('script.sh');
      copyFileSync(SCRIPT, script);
      const ask = (path: string, uid?: number) => runScript(shell, [path, 'A'], { script, ...(uid === undefined ? {} : { uid }) });
      assert.deepEqual(ask(file), { code: 2, stdout: `StatusFileMissing: ${file} is not there; its monitor does not run, or runs without --status-dir\n` });
      mkdirSync(folder.file('folder'));
      assert.deepEqual(ask(folder.file('folder')), { code: 2, stdout: `StatusFileBroken: ${folder.file('folder')}: it is not a regular file\n` });
      spawnSync('mkfifo', [folder.file('pipe')]);
      assert.deepEqual(ask(folder.file('pipe')), { code: 2, stdout: `StatusFileBroken: ${folder.file('pipe')}: it is not a regular file\n` });
      symlinkSync(file, folder.file('link'));
      assert.deepEqual(ask(folder.file('link')), { code: 2, stdout: `StatusFileBroken: ${folder.file('link')}: it is a symbolic link\n` });
      writeFileSync(file, fileText([condition('A', 'True', 'R', 'x')]), { mode: 0o000 });
      assert.deepEqual(ask(file, process.geteuid?.() === 0 ? 65_534 : undefined), { code: 2, stdout: `StatusFileUnreadable: ${file} cannot be read\n` });
    });

    it('a file that is cut anywhere is 2', function () {
      this.timeout(90_000);
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      const bytes = Buffer.from(fileText([SICK, HEALTHY, condition('A', 'True', 'R', 'größer')]));
      const cuts = Array.from(bytes, (_byte, length) => bytes.subarray(0, length));
      const codes = cuts.map((cut) => {
        writeFileSync(file, cut);
        return runScript(shell, [file, 'DiskSpaceLow']).code;
      });
      assert.deepEqual(codes, cuts.map(() => 2));
      writeFileSync(file, bytes);
      assert.equal(runScript(shell, [file, 'DiskSpaceLow']).code, 0);
    });

    it('a file of many megabytes is 2, without being read', () => {
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      writeFileSync(file, fileText([SICK]));
      truncateSync(file, 2 ** 40);
      assert.deepEqual(runScript(shell, [file, 'MemoryPressureHigh']), { code: 2, stdout: `StatusFileBroken: ${file}: it is too long\n` });
    });

    it('thirty conditions with the longest messages are read within NPD\'s timeout', () => {
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      const all = Array.from({ length: 30 }, (_, index) => condition(`ConditionNumber${index}`, 'True', 'Reason', '😀'.repeat(2_000)));
      writeFileSync(file, fileText(all));
      const { code, stdout } = runScript(shell, [file, 'ConditionNumber29']);
      const message = Buffer.from(stdout, 'latin1').toString();
      assert.equal(code, 1);
      assert.isAtMost(stdout.length - 1, 1_024);
      assert.equal(message, `Reason: ${'😀'.repeat(253)}…\n`);
    });

    it('writer and script agree, whatever a monitor says', function () {
      this.timeout(60_000);
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      fc.assert(fc.property(anyConditions, fc.constantFrom('A', 'DiskSpaceLow', 'end', 'True'), (conditions, type) => {
        const bytes = Buffer.from(fileText(conditions));
        writeFileSync(file, bytes);
        const known = conditions.find((each) => each.type === type);
        const { code, stdout } = runScript(shell, [file, type]);
        assert.equal(code, known === undefined ? 2 : { False: 0, True: 1, Unknown: 2 }[known.status]);
        if (known === undefined) return;
        const message = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(stdout, 'latin1'));
        assert.match(message, new RegExp(`^${known.reason}: [^\\p{Cc}%]+\\n$`, 'u'));
        assert.isAtMost(stdout.length - 1, 1_024);
        assert.deepEqual({ code, stdout }, answerIn(bytes, type));
      }), { numRuns: 150 });
    });

    it('nothing but what our writer could have written is 0 or 1, whatever happened to the file', function () {
      this.timeout(120_000);
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      const anyFile = fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((bytes): Buffer => Buffer.from(bytes)),
        fc.tuple(anyConditions, fc.array(anyDamage, { minLength: 1, maxLength: 3 }))
          .map(([conditions, damages]) => damages.reduce<Buffer>((bytes, damage) => (bytes.length === 0 ? bytes : damage(bytes)), Buffer.from(fileText(conditions)))),
      );
      fc.assert(fc.property(anyFile, fc.constantFrom('A', 'DiskSpaceLow'), (bytes, type) => {
        writeFileSync(file, bytes);
        const said = runScript(shell, [file, type]);
        const may = answerIn(bytes, type);
        // Damage to the time alone leaves a file that could be right, and is stale or from the future.
        if (may === undefined || /^StatusFile(?:Stale|FromTheFuture): /.test(said.stdout)) assert.equal(said.code, 2);
        else assert.deepEqual(said, may);
      }), { numRuns: 300 });
    });

    it('nothing of a file is run or expanded', () => {
      using folder = temporaryFolder();
      const file = folder.file('m.status');
      const trap = folder.file('pwned');
      const message = `$(touch ${trap}) \`touch ${trap}\` \${trap} $((1/0)) ; touch ${trap} | touch ${trap} \\n \\c -n * ~ !`;
      writeFileSync(file, fileText([condition('A', 'True', 'R', message)]));
      assert.deepEqual(runScript(shell, [file, 'A']), { code: 1, stdout: `R: ${message}\n` });
      assert.equal(spawnSync('test', ['-e', trap]).status, 1);
    });
  });
});
