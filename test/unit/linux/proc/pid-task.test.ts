import { assert } from 'chai';
import * as fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContextSwitches, parsePidTask } from '../../../../plugins/linux/proc/pid-task.ts';
import { statAfterName } from '../../../support/host-tree-processes.ts';

const FILE = '/proc/9/stat';
const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/host/prometheus-procfs/proc');

describe('/proc/<pid>/stat of a task', () => {
  for (const name of ['a b', ') R 1 1 1 1', '((sd-pam)', 'a\nb', '']) {
    it(`a process may be called ${JSON.stringify(name)}`, () => {
      const want = { comm: name, state: 'D', parentPid: 7, isParked: false, threads: 3, startTicks: 12 };
      assert.deepEqual(parsePidTask(`9 (${name}) ${statAfterName('D', { parentPid: 7, threads: 3, startTicks: 12 })}\n`, FILE), want);
    });
  }

  it('threads of the kernel, and what the freezer stopped, are parked', () => {
    for (const [flags, isParked] of [[0x0020_8040, true], [0x0041_0100, true], [0x0040_0100, false]] as const) {
      assert.equal(parsePidTask(`9 (x) ${statAfterName('D', { flags })}\n`, FILE).isParked, isParked);
    }
  });

  it('cut anywhere, is refused', () => {
    const text = `9 (a b) ${statAfterName('D')}\n`;
    for (let end = 0; end < text.length; end++) assert.throws(() => parsePidTask(text.slice(0, end), FILE), `${FILE}: expected `, `cut at ${end}`);
  });

  it('of garbage is refused', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.throws(() => parsePidTask(text, FILE), `${FILE}: expected `);
    }));
  });

  it(`of the corpus is understood${existsSync(CORPUS) ? '' : ' (skipped: ../shared/corpus is not there)'}`, function () {
    if (!existsSync(CORPUS)) this.skip();
    const task = parsePidTask(readFileSync(join(CORPUS, '26231/stat'), 'utf8'), FILE);
    assert.deepEqual(task, { comm: 'vim', state: 'R', parentPid: 5392, isParked: false, threads: 1, startTicks: 82375 });
  });
});

describe('context switches in /proc/<pid>/status', () => {
  const text = 'Name:\tvim\nThreads:\t1\nvoluntary_ctxt_switches:\t4742839\nnonvoluntary_ctxt_switches:\t1727500\n';

  it('are counted together', () => {
    assert.equal(parseContextSwitches(text, FILE), 6_470_339);
  });

  it('cut anywhere, are refused', () => {
    for (let end = 0; end < text.length; end++) assert.throws(() => parseContextSwitches(text.slice(0, end), FILE), `${FILE}: expected `, `cut at ${end}`);
  });
});
