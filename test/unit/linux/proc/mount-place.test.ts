import { assert } from 'chai';
import { assert as always, property, string } from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { hidepidOf, parseMountPlace } from '../../../../plugins/linux/proc/mount-place.ts';

describe('the place of a mount', () => {
  it('tells whose mounts it follows', () => {
    assert.deepEqual(parseMountPlace('612 590 259:2 / /host ro,relatime master:1 - ext4 /dev/nvme0n1p2 rw\n', 'f'), {
      mountId: 612, mountPoint: '/host', sharedGroup: undefined, masterGroup: 1, fsType: 'ext4', superOptions: 'rw',
    });
    const groups = ['29 1 259:2 / / rw shared:7 - ext4 a rw', '29 1 259:2 / / rw shared:12 master:3 propagate_from:2 - ext4 a rw', '29 1 259:2 / / rw - ext4 a rw', '29 1 259:2 / / rw unbindable - tmpfs  rw']
      .map((line) => parseMountPlace(line, 'f')).map(({ sharedGroup, masterGroup }) => [sharedGroup, masterGroup]);
    assert.deepEqual(groups, [[7, undefined], [12, 3], [undefined, undefined], [undefined, undefined]]);
  });

  it('of a procfs tells whether it hides processes, in the forms of old and new kernels', () => {
    const hidden = ['rw', 'rw,hidepid=2', 'rw,gid=1000,hidepid=invisible', 'rw,hidepid=0', 'rw,hidepid=off'].map((superOptions) => hidepidOf({ superOptions }));
    assert.deepEqual(hidden, [undefined, '2', 'invisible', undefined, undefined]);
  });

  it('that is garbage is refused', () => {
    always(property(string(), (line) => { assert.throws(() => parseMountPlace(line, 'f'), ParseError); }));
    for (const line of ['', '29 1 259:2 / / rw', '29 1 259:2 / / rw shared:7 ext4 a rw']) assert.throws(() => parseMountPlace(line, 'f'), ParseError);
  });
});
