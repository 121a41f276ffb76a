import { assert } from 'chai';
import { parseDeviceNumber, parseRecords, parseSpace } from '../../../plugins/linux/filesystem-answer.ts';

const nul = (...parts: readonly string[]) => parts.join('\0');

describe('what stat tells of a file system', () => {
  it('records are told apart by NUL, whatever the paths hold', () => {
    assert.deepEqual(parseRecords(nul('/a\nb', '1 2', '/ ', '65024', '')), new Map([['/a\nb', '1 2'], ['/ ', '65024']]));
  });

  it('a record that was cut off is none', () => {
    assert.deepEqual(parseRecords(nul('/a', '1', '/b', '23')), new Map([['/a', '1']]));
    assert.deepEqual(parseRecords(''), new Map());
  });

  it('blocks become bytes, in the unit of the block counts', () => {
    assert.deepEqual(parseSpace('4096 100 50 40 10 5', 'statfs of /a'), {
      totalBytes: 409_600,
      freeBytes: 204_800,
      availableBytes: 163_840,
      inodes: 10,
      inodesFree: 5,
    });
  });

  it('sizes beyond 2^53 are rounded and stay sizes', () => {
    assert.equal(parseSpace('1048576 8796093022207 0 0 0 0', 'statfs of /efs').totalBytes, 9_223_372_036_853_727_232);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', 'statfs of /a: expected six numbers, got ""'],
    ['4096 1 1 1 1', 'statfs of /a: expected six numbers, got "4096 1 1 1 1"'],
    ['4096 1 1 1 1 1 1', 'statfs of /a: expected six numbers, got "4096 1 1 1 1 1 1"'],
    ['4096 1 1 1 1 ?', 'statfs of /a: expected a counter, got "?"'],
    ['4096 1 1 1 -1 1', 'statfs of /a: expected a counter, got "-1"'],
    ['4096 1 1 18446744073709551615 1 1', 'statfs of /a: expected no more free than there is, got "4096 1 1 18446744073709551615 1 1"'],
    ['4096 1 2 1 1 1', 'statfs of /a: expected no more free than there is, got "4096 1 2 1 1 1"'],
    ['0 100 0 0 10 5', 'statfs of /a: expected a block size above 0, got "0 100 0 0 10 5"'],
    ['4096 1 1 1 1 2', 'statfs of /a: expected no more free than there is, got "4096 1 1 1 1 2"'],
  ];
  for (const [record, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseSpace(record, 'statfs of /a'), message);
    });
  }

  const devices: readonly (readonly [string, number, number])[] = [
    ['65024', 254, 0],
    ['2049', 8, 1],
    // minor 2^20-1 and major 2^12-1, the largest the kernel has, in glibc's layout
    ['18446744073709551615', 0xffffffff, 0xffffffff],
    ['4294967295', 0xfff, 0xfffff],
    ['1048621', 0, 301],
  ];
  for (const [text, major, minor] of devices) {
    it(`device ${text} is ${major}:${minor}`, () => {
      assert.deepEqual(parseDeviceNumber(text, 'device of /a'), { major, minor });
    });
  }
});
