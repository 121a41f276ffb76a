import { assert } from 'chai';
import { parseOsRelease } from '../../../../plugins/linux/etc/os-release.ts';

describe('/etc/os-release', () => {
  it('is read as a shell would read it', () => {
    const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n# a comment\nID=debian\nNAME=\'one $two\'\nVARIANT="a \\"b\\" \\$c"\nnot a line\n';
    assert.deepEqual([...parseOsRelease(text)], [['PRETTY_NAME', 'Debian GNU/Linux 12 (bookworm)'], ['ID', 'debian'], ['NAME', 'one $two'], ['VARIANT', 'a "b" $c']]);
  });

  it('a file without any assignment is refused', () => {
    assert.throws(() => parseOsRelease('garbage\n'), '/etc/os-release: expected lines "NAME=value", got "garbage\\n"');
  });
});
