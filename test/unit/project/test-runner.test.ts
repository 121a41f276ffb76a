import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assert } from 'chai';

const ROOT = join(import.meta.dirname, '../../..');

let folder: string;

interface Outcome {
  readonly status: number | null;
  readonly lastLine: string;
  readonly stdout: string;
  readonly counts: unknown;
}

/** Runs `scripts/test.ts` over one planted test file. */
function runPlanted(code: string): Outcome {
  const [file, countsPath] = [join(folder, 'planted.test.ts'), join(folder, 'counts.json')];
  writeFileSync(file, code);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/test.ts'), 'root', file], {
    encoding: 'utf8',
    env: { ...process.env, TEST_COUNTS_FILE: countsPath },
    timeout: 60_000,
  });
  const counts: unknown = existsSync(countsPath) ? JSON.parse(readFileSync(countsPath, 'utf8')) : undefined;
  return { status, stdout, lastLine: stderr.trimEnd().split('\n').at(-1) ?? '', counts };
}

describe('the test runner', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'npd-plugins-runner-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('counts what passed and names what was skipped', () => {
    const { status, stdout, counts } = runPlanted("describe('sky', () => { it('is blue', () => {}); it.skip('falls', () => {}); it('rains', function () { this.skip(); }); });");
    assert.deepEqual({ status, counts }, { status: 0, counts: { passed: 1, failed: 0, skipped: ['sky falls', 'sky rains'], failures: [] } });
    assert.include(stdout, 'root: 1 passed, 0 failed, 2 skipped\n  skipped: sky falls\n  skipped: sky rains\n');
  });

  it('fails when a test fails', () => {
    const { status, counts, lastLine } = runPlanted("it('is', () => {}); it('is not', () => { throw new Error('no'); });");
    assert.deepEqual({ status, counts, lastLine }, { status: 1, counts: { passed: 1, failed: 1, skipped: [], failures: ['is not: no'] }, lastLine: 'root: 1 failed' });
  });

  it('fails when a test ends the process, whatever the exit code', () => {
    const { status, counts, lastLine } = runPlanted("it('leaves', () => process.exit(0)); it('never runs', () => {});");
    assert.deepEqual({ status, counts, lastLine }, { status: 1, counts: undefined, lastLine: 'root: the run ended (code 0, signal null) without counts: did a test call process.exit?' });
  });

  it('fails when a promise is rejected behind the back of a test that waits for something else', () => {
    const { status } = runPlanted("it('goes on', async () => { void Promise.reject(new Error('unseen')); await new Promise((done) => setImmediate(done)); });");
    assert.equal(status, 1);
  });

  it('fails when nothing runs', () => {
    assert.deepEqual(runPlanted('export {};').status, 1);
    assert.deepEqual(runPlanted("it.skip('later', () => {});").status, 1);
  });

  it('fails when one test is singled out', () => {
    assert.equal(runPlanted("it.only('is', () => {}); it('is not', () => { throw new Error('no'); });").status, 1);
  });
});
