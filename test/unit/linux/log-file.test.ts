import { assert } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogFollower } from '../../../plugins/linux/log-file.ts';
import type { LogFollower, LogNews } from '../../../plugins/linux/log-follower.ts';

describe('a file that holds the kernel log', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(folder, 'kern.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Reads on from where it was, with a follower that knows nothing, as after a restart. */
  function reader(follower: () => LogFollower = () => createLogFollower({ path })): () => Promise<{ readonly texts: readonly string[]; readonly news: LogNews }> {
    let position: unknown;
    return async () => {
      const texts: string[] = [];
      const news = await follower().read(folder, position, ({ text }) => texts.push(text), new AbortController().signal);
      if (news.kind === 'ok') position = JSON.parse(JSON.stringify(news.position));
      return { texts, news };
    };
  }

  it('gives each line once, also over a restart, and a half line when it is whole', async () => {
    const read = reader();
    writeFileSync(path, '[ 1.0] one\n[ 2.0] two\n[ 3.0] th');
    assert.deepEqual((await read()).texts, ['one', 'two']);
    assert.deepEqual((await read()).texts, []);
    appendFileSync(path, 'ree\n\xff\xfe\n');
    assert.deepEqual((await read()).texts, ['three', 'ÿþ']);
    appendFileSync(path, Buffer.from([0xff, 0x0a, 0x61, 0x0a]));
    assert.deepEqual((await read()).texts, ['\ufffd', 'a']);
    appendFileSync(path, 'end\n');
    assert.deepEqual((await read()).texts, ['end']);
  });

  it('a rotated file is read from its begin, and so is one that was cut short', async () => {
    const read = reader();
    writeFileSync(path, 'old one\n');
    assert.deepEqual((await read()).texts, ['old one']);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'a new file that is longer\n');
    assert.deepEqual((await read()).texts, ['a new file that is longer']);
    truncateSync(path);
    appendFileSync(path, 'short\n');
    assert.deepEqual((await read()).texts, ['short']);
  });

  it('of a long file the last 4 MiB are read at first, from a whole line on, and all that is added', async () => {
    const line = `${'x'.repeat(99)}\n`;
    writeFileSync(path, line.repeat(60_000));
    const read = reader();
    const texts = (await read()).texts;
    assert.equal(texts.length, Math.floor((4 * 1024 * 1024) / 100));
    assert.isTrue(texts.every((text) => text === 'x'.repeat(99)));
    assert.deepEqual((await read()).texts, []);
    appendFileSync(path, line.repeat(50_000));
    let count = 0;
    for (let more = (await read()).texts.length; more > 0; more = (await read()).texts.length) count += more;
    assert.equal(count, 50_000);
  });

  it('a position of another file, or none at all, is no reason to fail', async () => {
    writeFileSync(path, 'one\n');
    for (const position of [undefined, 7, { sequence: 5 }, { device: '1', inode: '2', offset: 99, rest: 'x' }, { device: '1', inode: '2', offset: -1, rest: '' }]) {
      const texts: string[] = [];
      const news = await createLogFollower({ path }).read('/', position, ({ text }) => texts.push(text), new AbortController().signal);
      assert.deepEqual([texts, news.kind], [['one'], 'ok'], JSON.stringify(position));
    }
  });

  it('without a path it is dev/kmsg below the root, here a file of a recording', async () => {
    mkdirSync(join(folder, 'dev'));
    writeFileSync(join(folder, 'dev/kmsg'), '6,3964,206764307,-;NVRM: hello\n SUBSYSTEM=pci\n');
    const read = reader(() => createLogFollower());
    assert.deepEqual((await read()).texts, ['NVRM: hello', ' SUBSYSTEM=pci']);
  });

  it('what is not there is absent, with the grant that would help', async () => {
    assert.deepEqual((await reader()()).news, { kind: 'absent', message: `${path}: no such file or directory` });
    assert.deepEqual((await reader(() => createLogFollower())()).news, {
      kind: 'absent',
      message: `${join(folder, 'dev/kmsg')}: no such file or directory; the kernel log needs privilege rung e: /dev/kmsg mounted and allowed, and CAP_SYSLOG`,
    });
  });

  it('is one that was given, or where it always is', () => {
    assert.deepEqual([createLogFollower({ path }).isGiven, createLogFollower().isGiven], [true, undefined]);
  });

  it('a folder and a FIFO are refused at once', async () => {
    const message = `${path}: neither a regular file nor a kernel log device`;
    mkdirSync(path);
    assert.deepEqual((await reader()()).news, { kind: 'failed', message });
    rmSync(path, { recursive: true });
    spawnSync('mkfifo', [path]);
    assert.deepEqual((await reader()()).news, { kind: 'failed', message });
  });

  it('a file system that does not answer is told, and not asked again while the child is there', async () => {
    let runs = 0;
    const ended = Promise.withResolvers<unknown>();
    const follower = createLogFollower({
      path,
      run: async () => {
        runs += 1;
        return { kind: 'abandoned', pid: 1, atDeadline: undefined, ended: ended.promise };
      },
    });
    const read = reader(() => follower);
    const want = { kind: 'failed', message: `${path}: the file system does not answer` } as const;
    assert.deepEqual([(await read()).news, (await read()).news, runs], [want, want, 1]);
  });
});
