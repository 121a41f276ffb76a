import { assert } from 'chai';
import { closeSync, openSync, writeSync } from 'node:fs';
import { createLogFollower } from '../../plugins/linux/log-file.ts';

/** As root the kernel log can be written too: what we write carries a mark of this run. */
function whyNoKmsg(): string | undefined {
  try {
    closeSync(openSync('/dev/kmsg', 'r+'));
    return undefined;
  } catch (cause) {
    return String(cause);
  }
}

const missing = whyNoKmsg();
const signal = new AbortController().signal;

describe(missing === undefined ? 'the kernel log of this machine' : `the kernel log of this machine (skipped: ${missing})`, () => {
  before(function () {
    if (missing !== undefined) this.skip();
  });

  const mark = `npd-plugins test ${process.pid} ${Date.now()}`;

  /** One record for each; the kernel wants each in a write of its own. */
  function say(texts: readonly string[]): void {
    const fd = openSync('/dev/kmsg', 'w');
    try {
      for (const text of texts) writeSync(fd, `<6>${mark} ${text}\n`);
    } finally {
      closeSync(fd);
    }
  }

  async function read(follower: ReturnType<typeof createLogFollower>, position: unknown) {
    const texts: string[] = [];
    const news = await follower.read('/', position, ({ text }) => texts.push(text), signal);
    assert.equal(news.kind, 'ok');
    return { texts: texts.filter((text) => text.startsWith(mark)).map((text) => text.slice(mark.length + 1)), news: news.kind === 'ok' ? news : undefined };
  }

  it('gives what was written, once, in order; after a restart it goes on where it left off', async () => {
    const follower = createLogFollower();
    const begin = await read(follower, undefined);
    say(['one', 'two: grün \\ "']);
    const first = await read(follower, begin.news?.position);
    assert.deepEqual(first.texts, ['one', 'two: grün \\ "']);
    assert.deepEqual((await read(follower, first.news?.position)).texts, []);
    say(['three']);
    const restarted = createLogFollower();
    const second = await read(restarted, JSON.parse(JSON.stringify(first.news?.position)));
    assert.deepEqual(second.texts, ['three']);
    // A look that was given up has read them, but its position was not kept.
    assert.deepEqual((await read(restarted, first.news?.position)).texts, ['three']);
    assert.deepEqual((await read(restarted, second.news?.position)).texts, []);
  });
});
