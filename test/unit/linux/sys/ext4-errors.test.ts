import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { readBlockDeviceName, readExt4Errors } from '../../../../plugins/linux/sys/ext4-errors.ts';
import { type HostTree, hostTree } from '../../../support/host-tree.ts';

const SDA1 = { major: 8, minor: 1 };
const UEVENT = 'sys/dev/block/8:1/uevent';
const COUNT = 'sys/fs/ext4/sda1/errors_count';
const TIME = 'sys/fs/ext4/sda1/last_error_time';

describe('/sys/fs/ext4', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  it("has the errors of a device under the kernel's name of it", () => {
    host.write(UEVENT, 'MAJOR=8\nMINOR=1\nDEVNAME=sda1\nDEVTYPE=partition\nDISKSEQ=9\nPARTN=1\n');
    host.write(COUNT, '3\n');
    host.write(TIME, '1795236142\n');
    assert.deepEqual(readBlockDeviceName(host.root, SDA1), { kind: 'ok', value: 'sda1' });
    assert.deepEqual(readExt4Errors(host.root, 'sda1'), { kind: 'ok', value: { count: 3, lastErrorTimeSeconds: 1_795_236_142 } });
  });

  it('has no time where there was no error', () => {
    host.write(COUNT, '0\n');
    host.write(TIME, '0\n');
    assert.deepEqual(readExt4Errors(host.root, 'sda1'), { kind: 'ok', value: { count: 0, lastErrorTimeSeconds: undefined } });
  });

  it('writes the folder of a device name with ! instead', () => {
    host.write(UEVENT, 'DEVNAME=cciss/c0d0p1\n');
    assert.deepEqual(readBlockDeviceName(host.root, SDA1), { kind: 'ok', value: 'cciss!c0d0p1' });
  });

  it('of a device that is gone, or of another file system, has nothing', () => {
    assert.equal(readBlockDeviceName(host.root, SDA1).kind, 'absent');
    assert.equal(readExt4Errors(host.root, 'sda1').kind, 'absent');
    host.write(COUNT, '1\n');
    assert.equal(readExt4Errors(host.root, 'sda1').kind, 'absent', 'a count without its time');
  });

  for (const [file, text] of [
    [COUNT, ''], [COUNT, '3'], [COUNT, '\n'], [COUNT, '-1\n'], [COUNT, '3 4\n'], [COUNT, '4294967296\n'], [TIME, 'now\n'], [TIME, '17952'],
  ] as const) {
    it(`${JSON.stringify(text)} in ${file} is refused`, () => {
      host.write(COUNT, '3\n');
      host.write(TIME, '1795236142\n');
      host.write(file, text);
      assert.throws(() => readExt4Errors(host.root, 'sda1'), ParseError, `/${file}: expected `);
    });
  }

  for (const text of ['', 'DEVNAME=sda1', 'MAJOR=8\nMINOR=1\n', 'DEVNAME=\n', 'DEVNAME=../../proc\n']) {
    it(`${JSON.stringify(text)} in uevent is refused`, () => {
      host.write(UEVENT, text);
      assert.throws(() => readBlockDeviceName(host.root, SDA1), ParseError, `/${UEVENT}: expected a line "DEVNAME=<name>"`);
    });
  }

  it('whatever stands in its files is a number or an error that names the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        host.write(TIME, '5\n');
        host.write(COUNT, text);
        try {
          const outcome = readExt4Errors(host.root, 'sda1');
          if (outcome.kind === 'ok') assert.match(text, /^[0-9]+\n$/);
        } catch (thrown) {
          assert.instanceOf(thrown, ParseError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
