import { existsSync } from 'node:fs';
import { assert } from 'chai';
import { parseCpuList, readOnlineCpus } from '../../../../plugins/linux/sys/cpu-list.ts';

const FILE = '/sys/devices/system/cpu/online';

describe(FILE, () => {
  const lists: readonly (readonly [string, readonly number[]])[] = [
    ['0\n', [0]],
    ['0-3\n', [0, 1, 2, 3]],
    ['0-1,4,6-7\n', [0, 1, 4, 6, 7]],
    ['8191\n', [8191]],
  ];
  for (const [text, cpus] of lists) {
    it(`${JSON.stringify(text)} names each CPU`, () => {
      assert.deepEqual(parseCpuList(text), cpus);
    });
  }

  it('of this machine names the CPUs that we may run on, at least', function () {
    if (!existsSync(FILE)) this.skip();
    assert.isNotEmpty(readOnlineCpus('/'));
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', `${FILE}: expected "<n>" or "<n>-<n>", with commas, got ""`],
    ['\n', `${FILE}: expected "<n>" or "<n>-<n>", with commas, got "\\n"`],
    ['0-\n', `${FILE}: expected "<n>" or "<n>-<n>", with commas, got "0-\\n"`],
    ['0, 1\n', `${FILE}: expected "<n>" or "<n>-<n>", with commas, got "0, 1\\n"`],
    ['3-0\n', `${FILE}: expected ascending numbers below 8192, got "3-0\\n"`],
    ['0,0\n', `${FILE}: expected ascending numbers below 8192, got "0,0\\n"`],
    ['0-99999\n', `${FILE}: expected ascending numbers below 8192, got "0-99999\\n"`],
    ['0-1', `${FILE}: expected a newline at its end, got "0-1"`],
    ['0-1\n2\n', `${FILE}: expected one line, got "0-1\\n2\\n"`],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseCpuList(text), message);
    });
  }
});
