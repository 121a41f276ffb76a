import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { parseUptimeMs } from '../../../../plugins/linux/proc/uptime.ts';

describe('/proc/uptime', () => {
  it('is milliseconds since boot; the idle time is not told', () => {
    assert.equal(parseUptimeMs('350735.47 234388.90\n'), 350_735_470);
    assert.equal(parseUptimeMs('0.07 0.00\n'), 70);
  });

  it('of this machine goes on', () => {
    assert.isAbove(parseUptimeMs(readFileSync('/proc/uptime', 'utf8')), 0);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', '/proc/uptime: expected "<seconds> <seconds>", got ""'],
    ['350735 234388\n', '/proc/uptime: expected "<seconds> <seconds>", got "350735 234388\\n"'],
    ['-1.00 0.00\n', '/proc/uptime: expected "<seconds> <seconds>", got "-1.00 0.00\\n"'],
    ['1.00 0.00 \n', '/proc/uptime: expected "<seconds> <seconds>", got "1.00 0.00 \\n"'],
    ['350735.47 234388.9', '/proc/uptime: expected "<seconds> <seconds>", got "350735.47 234388.9"'],
    ['350735.47 234388.90', '/proc/uptime: expected a newline at its end, got "350735.47 234388.90"'],
    ['1234567890123456.00 0.00\n', '/proc/uptime: expected a decimal number, got "1234567890123456.00"'],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseUptimeMs(text), message);
    });
  }
});
