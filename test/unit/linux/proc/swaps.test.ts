import { assert } from 'chai';
import { parseSwaps } from '../../../../plugins/linux/proc/swaps.ts';

const HEADER = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

describe('/proc/swaps', () => {
  it('partitions and files are read, their sizes in bytes', () => {
    const text = `${HEADER}/dev/dm-2                               partition\t8290299\t\t76\t\t-2\n/swap\\040file                           file\t\t2097148\t\t0\t\t-3\n`;
    assert.deepEqual(parseSwaps(text), [
      { path: '/dev/dm-2', kind: 'partition', sizeBytes: 8_290_299 * 1_024, usedBytes: 76 * 1_024 },
      { path: '/swap file', kind: 'file', sizeBytes: 2_097_148 * 1_024, usedBytes: 0 },
    ]);
  });

  it('without swap there are none', () => {
    assert.deepEqual(parseSwaps(HEADER), []);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', '/proc/swaps: expected the header of the table, got ""'],
    [`${HEADER}/dev/sda2 partition 8 9 -2\n`, '/proc/swaps:2: expected no more in use than there is, got "/dev/sda2 partition 8 9 -2"'],
    [`${HEADER}/dev/sda2 partition 8\n`, '/proc/swaps:2: expected "<path> partition|file <KiB> <KiB> <priority>", got "/dev/sda2 partition 8"'],
    [`${HEADER}/dev/sda2 partition 829`, '/proc/swaps: expected a newline at its end, got "/dev/sda2 partition 829"'],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseSwaps(text), message);
    });
  }
});
