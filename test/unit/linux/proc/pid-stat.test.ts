import { assert } from 'chai';
import { parsePidStat, parsePidState } from '../../../../plugins/linux/proc/pid-stat.ts';

const REST = '1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0 99 0 0\n';

describe('/proc/<pid>/stat', () => {
  for (const name of ['stat', 'a b', ') R 1', '((sd-pam)', 'a\nb']) {
    it(`a process may be called ${JSON.stringify(name)}`, () => {
      assert.deepEqual(parsePidStat(`1234 (${name}) D ${REST}`, '/proc/1234/stat'), { comm: name, state: 'D', cpuMs: 70, startTicks: 99 });
    });
  }

  for (const text of ['', '1234 (stat', '1234 (stat) ', '1234 (stat) D 1 2', '1234 (stat) D 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0', '1234 (stat) D 1 1234 1234 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0 9', `1234 (stat) 5 ${REST}`]) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parsePidStat(text, '/proc/9/stat'), '/proc/9/stat: expected "<pid> (<name>) <state> <40+ numbers>", got ');
    });
  }
});

describe('the state in /proc/<pid>/stat', () => {
  it('is found behind a name with blanks and parentheses, as by the whole parser', () => {
    const text = '704 (a) Z (b) S 1 704 704 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0 99 0 0\n';
    assert.deepEqual(parsePidState(text, 'f'), { comm: 'a) Z (b', state: 'S' });
    const { comm, state } = parsePidStat(text, 'f');
    assert.deepEqual(parsePidState(text, 'f'), { comm, state });
  });

  for (const text of ['', '704 (a) S', '704 (a) S 1 704', '704 (a) S\n', '704 (a) 5 1\n', '704 (a', 'garbage\n']) {
    it(`refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePidState(text, 'f'), /^f: expected "<pid> \(<name>\) <state> <40\+ numbers>" and a newline/);
    });
  }
});
