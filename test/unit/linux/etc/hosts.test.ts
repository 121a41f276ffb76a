import { assert } from 'chai';
import * as fc from 'fast-check';
import { isIP } from 'node:net';
import { parseHosts } from '../../../../plugins/linux/etc/hosts.ts';

const TEXT = [
  '# Kubernetes-managed hosts file.',
  '127.0.0.1\tlocalhost',
  '::1     localhost ip6-localhost # of both families',
  '10.0.0.7  db.example.com DB',
  '10.0.0.8  db.example.com',
  '10.0.0.8  db.example.com',
  '#10.0.0.9 old.example.com',
  'db2.example.com 10.0.0.10',
  '10.0.0.11',
  '',
].join('\n');

describe('a hosts file', () => {
  it('gives addresses by name, whatever the case, in the order of its lines', () => {
    assert.deepEqual([...parseHosts(TEXT)], [
      ['localhost', ['127.0.0.1', '::1']],
      ['ip6-localhost', ['::1']],
      ['db.example.com', ['10.0.0.7', '10.0.0.8']],
      ['db', ['10.0.0.7']],
    ]);
  });

  it('of garbage gives addresses at most', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (junk) => {
      assert.isTrue([...parseHosts(junk).values()].flat().every((address) => isIP(address) !== 0));
    }));
  });
});
