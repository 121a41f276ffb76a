import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { readSmallFile, writeFileAtomically } from '../../../plugins/linux/atomic-file.ts';

const deadline = { timeoutMs: 10_000 };

describe('a state file', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'atomic $(id) '));
    path = join(folder, '-a b*.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is written whole, for its owner only, and leaves no draft', async () => {
    assert.deepEqual(await writeFileAtomically(path, 'é\n', deadline), { kind: 'ok' });
    assert.equal(readFileSync(path, 'utf8'), 'é\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['-a b*.json']);
    assert.deepEqual(await readSmallFile(path, { ...deadline, maxBytes: 100 }), { kind: 'ok', value: 'é\n' });
  });

  it('may be long, and may be empty', async () => {
    const long = 'x'.repeat(1_000_000);
    assert.deepEqual(await writeFileAtomically(path, long, deadline), { kind: 'ok' });
    assert.equal(readFileSync(path, 'utf8'), long);
    assert.deepEqual(await writeFileAtomically(path, '', deadline), { kind: 'ok' });
    assert.equal(readFileSync(path, 'utf8'), '');
  });

  it('that is a passing one is written whole for everybody, and leaves no draft', async () => {
    const text = '-n $(id) %s\\n é\n';
    assert.deepEqual(await writeFileAtomically(path, 'old', { ...deadline, isPassing: true }), { kind: 'ok' });
    assert.deepEqual(await writeFileAtomically(path, text, { ...deadline, isPassing: true }), { kind: 'ok' });
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.equal(statSync(path).mode & 0o777, 0o644);
    assert.deepEqual(readdirSync(folder), ['-a b*.json']);
  });

  it('that is a passing one makes its folder, and says why it could not be written', async () => {
    const deep = join(folder, 'x/y/z');
    assert.deepEqual(await writeFileAtomically(deep, 'text', { ...deadline, isPassing: true }), { kind: 'ok' });
    assert.equal(readFileSync(deep, 'utf8'), 'text');
    assert.deepEqual(await writeFileAtomically(join(deep, 'no'), 'text', { ...deadline, isPassing: true }), {
      kind: 'failed', message: `${join(deep, 'no')}: file exists`,
    });
    assert.deepEqual(readdirSync(join(folder, 'x/y')), ['z']);
  });

  it('of many writes at once the newest wins, and all are told', async () => {
    const results = await Promise.all(['1', '2', '3', '4'].map((text) => writeFileAtomically(path, text, deadline)));
    assert.deepEqual(results, Array.from({ length: 4 }, () => ({ kind: 'ok' as const })));
    assert.equal(readFileSync(path, 'utf8'), '4');
  });

  it('drafts of predecessors are swept away, one in use and foreign files are not', async () => {
    const stale = join(folder, '.-a b*.json.0123456789ab.tmp');
    const young = join(folder, '.-a b*.json.ba9876543210.tmp');
    const foreign = join(folder, '.other.json.0123456789ab.tmp');
    for (const file of [stale, young, foreign]) writeFileSync(file, '');
    utimesSync(stale, 1, 1);
    utimesSync(foreign, 1, 1);
    utimesSync(young, 4e9, 4e9);
    await writeFileAtomically(path, 'x', deadline);
    assert.sameMembers(readdirSync(folder), ['-a b*.json', '.-a b*.json.ba9876543210.tmp', '.other.json.0123456789ab.tmp']);
  });

  it('that is a link is replaced, not followed', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'kept');
    symlinkSync(other, path);
    assert.deepEqual(await writeFileAtomically(path, 'new', deadline), { kind: 'ok' });
    assert.deepEqual([readFileSync(other, 'utf8'), readFileSync(path, 'utf8')], ['kept', 'new']);
  });

  it('makes a missing folder', async () => {
    const missing = join(folder, 'none/at all/state.json');
    assert.deepEqual(await writeFileAtomically(missing, 'x', deadline), { kind: 'ok' });
    assert.equal(readFileSync(missing, 'utf8'), 'x');
  });

  it('below a file, or in the place of a folder, is an answer, and leaves no draft', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'x'), '');
    assert.deepEqual(await writeFileAtomically(path, 'x', deadline), {
      kind: 'failed',
      message: `${path}: cannot overwrite directory '${path}' with non-directory`,
    });
    const below = join(path, 'x/deeper/state.json');
    assert.deepEqual(await writeFileAtomically(below, 'x', deadline), { kind: 'absent', message: `${below}: not a directory` });
    assert.deepEqual(readdirSync(folder), ['-a b*.json']);
  });

  it('on a full disk is an answer', async () => {
    const result = await writeFileAtomically('/proc/state.json', 'x', deadline);
    assert.notEqual(result.kind, 'ok');
  });

  it('that is missing, too long, or no file is told apart', async () => {
    const limits = { timeoutMs: 10_000, maxBytes: 4 };
    assert.deepEqual(await readSmallFile(path, limits), { kind: 'absent', message: `${path}: no such file or directory` });
    writeFileSync(path, '12345');
    assert.deepEqual(await readSmallFile(path, limits), { kind: 'failed', message: `${path}: longer than 4 bytes` });
    writeFileSync(path, '1234');
    assert.deepEqual(await readSmallFile(path, limits), { kind: 'ok', value: '1234' });
    assert.deepEqual(await readSmallFile(folder, limits), { kind: 'failed', message: `${folder}: is a directory` });
  });

  it('that does not answer is stuck', async () => {
    execFileSync('mkfifo', ['--', path]);
    const result = await readSmallFile(path, { timeoutMs: 1000, maxBytes: 4 });
    assert.deepEqual(result, { kind: 'stuck', message: `${path}: the file system does not answer` });
  });

  it('that we may not read is denied', async function () {
    if (process.getuid?.() === 0) this.skip();
    writeFileSync(path, '');
    chmodSync(path, 0);
    assert.deepEqual(await readSmallFile(path, { ...deadline, maxBytes: 4 }), { kind: 'denied', message: `${path}: permission denied` });
  });
});
