import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assert } from 'chai';
import * as fc from 'fast-check';
import { ownGroup, throttledMsOf } from '../../../../plugins/linux/sys/own-group.ts';
import { type Folder, temporaryFolder } from '../../../support/eventually.ts';

function treeOf(files: Readonly<Record<string, string>>): Folder {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(root.file(path)), { recursive: true });
    writeFileSync(root.file(path), text);
  }
  return root;
}

const CPU_2 = 'usage_usec 10\nnr_periods 100\nnr_throttled 50\nthrottled_usec 2500000\n';
const CPU_1 = 'nr_periods 100\nnr_throttled 50\nthrottled_time 2500000000\n';
const V1 = '4:memory:/kubepods/a\n3:cpu,cpuacct:/kubepods/a\n0::/init\n';
const PATH = 'sys/fs/cgroup';

const trees: readonly (readonly [name: string, files: Readonly<Record<string, string>>, throttledMs: number | undefined, freeBytes: number | undefined])[] = [
  [
    'version 2 in a container',
    { 'proc/self/cgroup': '0::/\n', [`${PATH}/cpu.stat`]: CPU_2, [`${PATH}/memory.max`]: '1000\n', [`${PATH}/memory.current`]: '700\n', [`${PATH}/memory.stat`]: 'anon 5\ninactive_file 100\n' },
    2_500, 400,
  ],
  [
    'version 2 on the host, where the group has a path',
    { 'proc/self/cgroup': '0::/system.slice/x.service\n', [`${PATH}/cpu.stat`]: 'usage_usec 1\n', [`${PATH}/system.slice/x.service/cpu.stat`]: CPU_2 },
    2_500, undefined,
  ],
  [
    'version 2 in a container without a namespace, where the path is the host\'s',
    { 'proc/self/cgroup': '0::/kubepods.slice/a\n', [`${PATH}/cpu.stat`]: CPU_2, [`${PATH}/memory.max`]: 'max\n', [`${PATH}/memory.current`]: '700\n' },
    2_500, undefined,
  ],
  [
    'version 1',
    {
      'proc/self/cgroup': V1, [`${PATH}/cpu,cpuacct/kubepods/a/cpu.stat`]: CPU_1,
      [`${PATH}/memory/kubepods/a/memory.limit_in_bytes`]: '1000\n', [`${PATH}/memory/kubepods/a/memory.usage_in_bytes`]: '900\n',
      [`${PATH}/memory/kubepods/a/memory.stat`]: 'inactive_file 7\ntotal_inactive_file 50\n',
    },
    2_500, 150,
  ],
  [
    'version 1 in a container, its folders named after one controller, without a limit',
    {
      'proc/self/cgroup': V1, [`${PATH}/cpu/cpu.stat`]: CPU_1,
      [`${PATH}/memory/memory.limit_in_bytes`]: '9223372036854771712\n', [`${PATH}/memory/memory.usage_in_bytes`]: '900\n',
    },
    2_500, undefined,
  ],
  ['no control groups', { 'proc/self/cgroup': '' }, undefined, undefined],
  ['nothing at all', { 'proc/self/status': '' }, undefined, undefined],
];

describe('our own control group', () => {
  for (const [name, files, throttledMs, freeBytes] of trees) {
    it(`tells its waiting and its memory with ${name}`, () => {
      using root = treeOf(files);
      const group = ownGroup(root.path);
      assert.deepEqual([group.throttledMs(), group.freeMemoryBytes()], [throttledMs, freeBytes]);
    });
  }

  it('that uses more than its limit has nothing free', () => {
    using root = treeOf({ 'proc/self/cgroup': '0::/\n', [`${PATH}/memory.max`]: '1000\n', [`${PATH}/memory.current`]: '1200\n' });
    assert.equal(ownGroup(root.path).freeMemoryBytes(), 0);
  });

  it('tells nothing by garbage, and never throws', () => {
    assert.deepEqual([undefined, '', 'throttled_usec -1\n', 'throttled_usec x\n', 'nr_throttled 5\n'].map(throttledMsOf), Array<undefined>(5).fill(undefined));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (cgroup, stat) => {
      using root = treeOf({ 'proc/self/cgroup': cgroup, [`${PATH}/cpu.stat`]: stat, [`${PATH}/memory.max`]: stat, [`${PATH}/memory.current`]: stat });
      const group = ownGroup(root.path);
      group.throttledMs();
      group.freeMemoryBytes();
    }), { numRuns: 50 });
  });

  it('of this very process can be asked', () => {
    const group = ownGroup();
    assert.isAtLeast(group.throttledMs() ?? 0, 0);
    assert.isAtLeast(group.freeMemoryBytes() ?? 0, 0);
  });
});
