import { assert } from 'chai';
import { parseLoadavg } from '../../../../plugins/linux/proc/loadavg.ts';

describe('/proc/loadavg', () => {
  it('three averages, and the threads that run of all there are', () => {
    assert.deepEqual(parseLoadavg('0.21 57.37 130.39 1/719 19737\n'), { load1: 0.21, load5: 57.37, load15: 130.39, runnable: 1, threads: 719 });
  });

  for (const text of ['', '0.21 0.37 0.39 1/719 19737', '0.21 0.37 0.39 1/7', '0.21 0.37 0.39 1 19737\n', '0.21 0.37 -0.39 1/719 19737\n', '1e3 0.37 0.39 1/719 19737\n']) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parseLoadavg(text), `/proc/loadavg: expected "<load> <load> <load> <n>/<n> <pid>" and a newline, got ${JSON.stringify(text)}`);
    });
  }
});
