import { assert } from 'chai';
import { createMask } from '../../../scripts/record-mask.ts';

const RELEASES = [
  ['6.1.0-18-amd64', '6.1.0-18-amd64'],
  ['6.12.9+bpo-cloud-amd64', '6.12.9+bpo-cloud-amd64'],
  ['5.15.0-1057-aws', '5.15.0-1057-aws'],
  ['5.14.0-503.el9_4.x86_64', '5.14.0-503.el9_4.x86_64'],
  ['5.15.0-200.131.27.el8uek.x86_64', '5.15.0-200.131.27.el8uek.x86_64'],
  ['6.11.4-301.fc41.x86_64', '6.11.4-301.fc41.x86_64'],
  ['6.14.0-rc3+', '6.14.0-rc3+'],
  ['6.1.0-acme', '6.1.0-local'],
  ['6.1.0-18-acme-42-amd64', '6.1.0-18-local'],
  ['6.18.2-fc-v12', '6.18.2-local'],
  ['6.1.0-g1a2b3c4d5e6f', '6.1.0-local'],
] as const;

describe('the mask of a recording', () => {
  for (const [release, masked] of RELEASES) {
    it(`makes ${masked} of the kernel release ${release}`, () => assert.equal(createMask().release(release), masked));
  }

  it('keeps mount options of the kernel, and replaces names that a patched kernel or a daemon gave to its own', () => {
    assert.equal(createMask().options('rw,errors=remount-ro,stripe=16,acme,acme=3,acme=on,secret=12'), 'rw,errors=remount-ro,stripe=16,option-1,option-2,option-3,secret=value-1');
  });
});
