import { assert } from 'chai';
import * as fc from 'fast-check';

import { isPrivateNameOf, privatePathOf } from '../../../plugins/rpc/socket-path.ts';

describe('a private name', () => {
  it('lies beside its public path, hidden, and differs each time', () => {
    const names = Array.from({ length: 100 }, () => privatePathOf('/run/npd/a.sock'));
    assert.strictEqual(new Set(names).size, 100);
    for (const name of names) assert.match(name, /^\/run\/npd\/\.a\.sock\.[0-9a-f]{8}$/);
  });

  it('is known as one of its own path only', () => {
    const fileName = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.includes('/') && name !== '.' && name !== '..');
    fc.assert(
      fc.property(fileName, fileName, (name, other) => {
        const made = privatePathOf(`/d/${name}`).slice('/d/'.length);
        return isPrivateNameOf(`/d/${name}`, made) && (name === other || !isPrivateNameOf(`/d/${other}`, made));
      }),
    );
  });

  it('has exactly eight hexadecimal digits', () => {
    const known = ['.a.sock.0123abcd', 'a.sock.0123abcd', '.a.sock.0123abcde', '.a.sock.0123abc', '.a.sock.0123abcg', '.a.sock.', '.axsock.0123abcd'];
    assert.deepEqual(known.filter((name) => isPrivateNameOf('/d/a.sock', name)), ['.a.sock.0123abcd']);
  });
});
