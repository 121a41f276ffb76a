import { assert } from 'chai';
import { chownSync, existsSync, lstatSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepConditionScript } from '../../../cli/condition-script.ts';
import { keepStatusFile } from '../../../cli/status-file.ts';
import { type Logger, silentLogger } from '../../../plugins/core/log.ts';
import type { Condition } from '../../../plugins/core/status.ts';
import { CONDITION_SCRIPT } from '../../../plugins/npd/bridge-script.ts';
import { eventually, temporaryFolder } from '../../support/eventually.ts';

/** Short enough for a test; a change is seen at the next look, an unchanged file is written anew after the other. */
const PERIODS = { lookMs: 20, writeEveryMs: 60 };
const NEVER_ANEW = { lookMs: 20, writeEveryMs: 3_600_000 };

function listening(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const note = (_fields: unknown, message: string): void => void lines.push(message);
  return { lines, log: { ...silentLogger, info: note, warn: note } };
}

function condition(status: Condition['status']): Condition {
  return { type: 'DiskSpaceLow', status, transitionMs: 0, reason: 'InodesLow', message: '/var: few inodes' };
}

/** What is kept while a test runs; `status` is what the monitor says, `isOurs` whether we are the one that is asked, `looks` how often that was looked at. */
function keeping(folder: string, log: Logger = silentLogger, periods = PERIODS) {
  const world = { status: 'False' as Condition['status'], isOurs: true, looks: 0 };
  const isOurs = (): boolean => {
    world.looks += 1;
    return world.isOurs;
  };
  const file = keepStatusFile({ folder, monitor: 'm', conditions: () => [condition(world.status)], isOurs, log, ...periods });
  return Object.assign(world, { file, [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose]() });
}

function lineIn(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n')[1] : undefined;
}

async function written(path: string): Promise<void> {
  await eventually('the file', () => existsSync(path));
}

/** Another file after each write, since one is renamed over the other. */
async function another(path: string): Promise<void> {
  const before = existsSync(path) ? lstatSync(path).ino : 0;
  await eventually('a file that was written anew', () => existsSync(path) && lstatSync(path).ino !== before);
}

describe('the status file for a released NPD', () => {
  it('is there soon after the start, for everybody to read, and again after each change', async () => {
    using folder = temporaryFolder();
    await using kept = keeping(join(folder.path, 'made'), silentLogger, NEVER_ANEW);
    const { path } = kept.file;
    assert.equal(path, join(folder.path, 'made/m.status'));
    await eventually('the file', () => lineIn(path) === 'DiskSpaceLow False InodesLow: /var: few inodes');
    assert.equal(lstatSync(path).mode & 0o777, 0o644);
    kept.status = 'True';
    await eventually('the change', () => lineIn(path) === 'DiskSpaceLow True InodesLow: /var: few inodes');
    assert.deepEqual(readdirSync(join(folder.path, 'made')), ['m.status']);
  });

  it('is written anew while nothing changes, also where somebody removed it or its folder', async () => {
    using folder = temporaryFolder();
    await using kept = keeping(join(folder.path, 'made'));
    const { path } = kept.file;
    await another(path);
    await another(path);
    rmSync(path);
    await another(path);
    // A draft may come in between.
    rmSync(join(folder.path, 'made'), { recursive: true, maxRetries: 5 });
    await another(path);
    assert.equal(lineIn(path), 'DiskSpaceLow False InodesLow: /var: few inodes');
  });

  it('goes at a good end', async () => {
    using folder = temporaryFolder();
    const kept = keeping(folder.path);
    await written(kept.file.path);
    await kept[Symbol.asyncDispose]();
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('is left alone while another process serves the monitor, and at the end', async () => {
    using folder = temporaryFolder();
    const kept = keeping(folder.path, silentLogger, NEVER_ANEW);
    const { path } = kept.file;
    await written(path);
    kept.isOurs = false;
    writeFileSync(path, 'of the other');
    kept.status = 'True';
    const { looks } = kept;
    await eventually('some looks', () => kept.looks > looks + 5);
    await kept[Symbol.asyncDispose]();
    assert.equal(readFileSync(path, 'utf8'), 'of the other');
  });

  it('is written at once when the other process is gone', async () => {
    using folder = temporaryFolder();
    await using kept = keeping(folder.path, silentLogger, NEVER_ANEW);
    const { path } = kept.file;
    await written(path);
    kept.isOurs = false;
    writeFileSync(path, 'of the other');
    const { looks } = kept;
    await eventually('some looks', () => kept.looks > looks + 5);
    kept.isOurs = true;
    await eventually('ours', () => lineIn(path) === 'DiskSpaceLow False InodesLow: /var: few inodes');
  });

  it('of a successor that has begun already is not removed at the end', async () => {
    using folder = temporaryFolder();
    const kept = keeping(folder.path, silentLogger, NEVER_ANEW);
    const { path } = kept.file;
    await written(path);
    writeFileSync(path, 'npd-plugins-status 1 1 0\nend 31\n');
    await kept[Symbol.asyncDispose]();
    assert.isTrue(existsSync(path));
  });

  it('that cannot be written is told once, tried again, and told when it is', async () => {
    using folder = temporaryFolder();
    const { log, lines } = listening();
    const inTheWay = join(folder.path, 'status');
    writeFileSync(inTheWay, '');
    await using kept = keeping(inTheWay, log);
    await eventually('the warning', () => lines.length > 0);
    rmSync(inTheWay);
    await another(kept.file.path);
    await eventually('the end of the trouble', () => lines.length > 1);
    assert.deepEqual(lines, ['status file not written; NPD will say Unknown', 'status file is written again']);
  });
});

describe('the script in the folder of status files', () => {
  it('is there soon after the start, and again when it is gone, changed or a link', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'made/npd-plugins-condition.sh');
    const isThere = () => existsSync(path) && !lstatSync(path).isSymbolicLink() && readFileSync(path, 'utf8') === CONDITION_SCRIPT;
    using _kept = keepConditionScript(join(folder.path, 'made'), silentLogger, 20);
    await eventually('the script', isThere);
    assert.equal(lstatSync(path).mode & 0o777, 0o644);
    rmSync(path);
    await eventually('the script again', isThere);
    writeFileSync(path, 'exit 0\n');
    await eventually('the right script', isThere);
    writeFileSync(folder.file('elsewhere'), CONDITION_SCRIPT);
    rmSync(path);
    symlinkSync(folder.file('elsewhere'), path);
    await eventually('no link', isThere);
  });

  it('is not written while it is right', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'npd-plugins-condition.sh');
    const { log, lines } = listening();
    {
      using _first = keepConditionScript(folder.path, log, 20);
      await written(path);
    }
    const { ino } = lstatSync(path);
    using _second = keepConditionScript(folder.path, log, 20);
    writeFileSync(folder.file('marker'), '');
    await eventually('some looks', () => Date.now() - lstatSync(folder.file('marker')).mtimeMs > 200);
    assert.equal(lstatSync(path).ino, ino);
    assert.deepEqual(lines, ['script for NPD is written']);
  });

  const isRoot = process.geteuid?.() === 0;
  (isRoot ? it : it.skip)(`that belongs to a user with fewer rights is replaced by root's${isRoot ? '' : ' (needs root)'}`, async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'npd-plugins-condition.sh');
    writeFileSync(path, CONDITION_SCRIPT);
    chownSync(path, 65_532, 65_532);
    using _kept = keepConditionScript(folder.path, silentLogger, 20);
    await eventually('root\'s', () => lstatSync(path).uid === 0);
    assert.equal(readFileSync(path, 'utf8'), CONDITION_SCRIPT);
  });

  it('that cannot be written is told once', async () => {
    using folder = temporaryFolder();
    const { log, lines } = listening();
    const inTheWay = join(folder.path, 'status');
    writeFileSync(inTheWay, '');
    using _kept = keepConditionScript(inTheWay, log, 20);
    await eventually('the warning', () => lines.length > 0);
    rmSync(inTheWay);
    await eventually('the script', () => existsSync(join(inTheWay, 'npd-plugins-condition.sh')));
    await eventually('what is told then', () => lines.length > 1);
    assert.deepEqual(lines, ['script for NPD not written; NPD will say Unknown', 'script for NPD is written']);
  });
});
