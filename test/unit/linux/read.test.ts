import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { readDigest, readIfThere, readLines, readText, shortTextReader, valueOrThrow } from '../../../plugins/linux/read.ts';
import { temporaryFolder } from '../../support/eventually.ts';

describe('reading files of the host', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'read-'));
    mkdirSync(join(root, 'proc'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('a file gives its text', () => {
    writeFileSync(join(root, 'proc/a'), 'eins é\n');
    assert.deepEqual(readText(root, 'proc/a'), { kind: 'ok', value: 'eins é\n' });
  });

  it('an empty file gives an empty text', () => {
    writeFileSync(join(root, 'proc/a'), '');
    assert.deepEqual(readText(root, 'proc/a'), { kind: 'ok', value: '' });
  });

  it('a file longer than the first buffer comes whole, and the next short one is not mixed with it', () => {
    const long = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join('');
    writeFileSync(join(root, 'proc/long'), long);
    writeFileSync(join(root, 'proc/short'), 'x');
    assert.deepEqual(readText(root, 'proc/long'), { kind: 'ok', value: long });
    assert.deepEqual(readText(root, 'proc/short'), { kind: 'ok', value: 'x' });
  });

  it('a long file comes line by line, each with its end, and what was cut off without', () => {
    const lines = [...Array.from({ length: 50_000 }, (_, index) => `line ${index} é\n`), 'cut'];
    writeFileSync(join(root, 'proc/long'), lines.join(''));
    const told: string[] = [];
    assert.deepEqual(readLines(root, 'proc/long', 2 ** 20, (line) => told.push(line)), { kind: 'ok', value: undefined });
    assert.deepEqual(told, lines);
    for (const atOnceBytes of [1, 7, 256]) {
      const few: string[] = [];
      assert.deepEqual(readLines(root, 'proc/long', 2 ** 20, (line) => few.push(line), atOnceBytes), { kind: 'ok', value: undefined });
      assert.deepEqual(few, lines, `${atOnceBytes} at once`);
    }
    assert.deepEqual(readLines(root, 'proc/long', 1_000, () => {}), { kind: 'failed', message: `/proc/long (as ${root}/proc/long): longer than 1000 bytes` });
    assert.throws(() => readLines(root, 'proc/long', 2 ** 20, () => { throw new Error('no such line'); }), 'no such line');
  });

  it('a digest tells whether a file has changed, also by one byte at its end', () => {
    const long = 'x'.repeat(100_000);
    const digest = (text: string): string => {
      writeFileSync(join(root, 'proc/a'), text);
      return valueOrThrow(readDigest(root, 'proc/a', 2 ** 20));
    };
    assert.equal(digest(long), digest(long));
    assert.notEqual(digest(long), digest(`${long.slice(1)}y`));
    assert.equal(readDigest(root, 'proc/none', 2 ** 20).kind, 'absent');
  });

  it('a character that lies across two pieces of a long file comes whole', () => {
    const long = `x${'€'.repeat(50_000)}`;
    writeFileSync(join(root, 'proc/long'), long);
    assert.deepEqual(readText(root, 'proc/long'), { kind: 'ok', value: long });
  });

  it('a kernel file that claims no size is read', () => {
    assert.match(valueOrThrow(readText('/', 'proc/self/stat')), /^\d+ \(/);
  });

  it('a missing file is absent, and the message names both the path of the host and the one that was tried', () => {
    const { kind, message } = failure(readText(root, 'proc/pressure/io'));
    assert.deepEqual([kind, message], ['absent', `/proc/pressure/io (as ${root}/proc/pressure/io): no such file or directory`]);
  });

  it('on the host itself the path is shown once', () => {
    const { kind, message } = failure(readText('/', 'proc/none'));
    assert.deepEqual([kind, message], ['absent', '/proc/none: no such file or directory']);
  });

  it('a path through a file is absent', () => {
    writeFileSync(join(root, 'proc/a'), '');
    assert.equal(failure(readText(root, 'proc/a/b')).kind, 'absent');
  });

  it('a file that may only be written is denied', () => {
    const { kind, message } = failure(readText('/', 'proc/sys/vm/compact_memory'));
    assert.deepEqual([kind, message], ['denied', '/proc/sys/vm/compact_memory: permission denied']);
  });

  it('a file that is too long is an error and is not cut', () => {
    writeFileSync(join(root, 'proc/a'), '12345');
    assert.deepEqual(readText(root, 'proc/a', { maxBytes: 5 }), { kind: 'ok', value: '12345' });
    assert.deepEqual(readText(root, 'proc/a', { maxBytes: 4 }), {
      kind: 'failed',
      message: `/proc/a (as ${root}/proc/a): longer than 4 bytes`,
    });
  });

  it('a link that leads in a circle is an error, neither absent nor denied', () => {
    symlinkSync('loop', join(root, 'proc/loop'));
    assert.match(failure(readText(root, 'proc/loop')).message, /: too many symbolic links encountered$/);
    assert.equal(failure(readText(root, 'proc/loop')).kind, 'failed');
  });

  it('a FIFO without a writer does not block', () => {
    execFileSync('mkfifo', [join(root, 'proc/fifo')]);
    assert.deepEqual(readText(root, 'proc/fifo'), {
      kind: 'failed',
      message: `/proc/fifo (as ${root}/proc/fifo): not a regular file`,
    });
  });

  it('a folder, a socket and a device are refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'proc/socket'), resolve));
    assert.equal(failure(readText(root, 'proc')).kind, 'failed');
    assert.equal(failure(readText(root, 'proc/socket')).kind, 'failed');
    assert.equal(failure(readText('/', 'dev/null')).message, '/dev/null: not a regular file');
    await new Promise((resolve) => server.close(resolve));
  });

  it('a file that the kernel will not give is an error', () => {
    // Reading past the end of the address space: EIO for everybody.
    const { kind, message } = failure(readText('/', 'proc/self/mem'));
    assert.deepEqual([kind, message], ['failed', '/proc/self/mem: i/o error']);
  });

  it('one that may be missing gives its text, nothing, or a throw for any other failure', () => {
    writeFileSync(join(root, 'proc/a'), 'x');
    mkdirSync(join(root, 'proc/folder'));
    assert.deepEqual([readIfThere(root, 'proc/a'), readIfThere(root, 'proc/none')], ['x', undefined]);
    assert.throws(() => readIfThere(root, 'proc/folder'), `/proc/folder (as ${join(root, 'proc/folder')}): not a regular file`);
  });

  it('a value that was not to be had is thrown with the message of the outcome', () => {
    assert.throws(() => valueOrThrow(readText('/', 'proc/none')), '/proc/none: no such file or directory');
  });
});

function failure(outcome: ReturnType<typeof readText>) {
  assert(outcome.kind !== 'ok');
  return outcome;
}

describe('short files of processes', () => {
  it('are read in one piece, and what is longer, missing or closed is told', () => {
    using folder = temporaryFolder();
    const read = shortTextReader(folder.path);
    writeFileSync(folder.file('stat'), '1 (a b) S 1\n');
    writeFileSync(folder.file('long'), 'x'.repeat(4_096));
    assert.deepEqual(read('stat'), { kind: 'ok', value: '1 (a b) S 1\n' });
    assert.deepEqual([read('long'), read('none'), read('stat/below')].map((outcome) => [outcome.kind, 'message' in outcome ? outcome.message.replaceAll(folder.path, 'ROOT') : '']), [
      ['failed', '/long (as ROOT/long): longer than 4096 bytes'],
      ['absent', '/none (as ROOT/none): no such file or directory'],
      ['absent', '/stat/below (as ROOT/stat/below): not a directory'],
    ]);
    assert.equal(shortTextReader('/')('proc/self/comm').kind, 'ok');
  });
});
