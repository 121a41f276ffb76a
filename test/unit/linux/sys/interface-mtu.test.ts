import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseMtu, readMtu } from '../../../../plugins/linux/sys/interface-mtu.ts';
import { anyText } from '../../../support/arbitraries.ts';
import { type HostTree, hostTree } from '../../../support/host-tree.ts';

describe('the MTU of an interface', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  it('is one number of bytes', () => {
    assert.deepEqual(['68\n', '1500\n', '9001\n', '65536\n'].map((text) => parseMtu(text, 'x')), [68, 1500, 9001, 65_536]);
    for (const text of ['', '\n', '1500', '-1\n', '1500 \n', '1500\n\n', '1.5\n', '0x5dc\n']) assert.throws(() => parseMtu(text, 'x'), ParseError);
  });

  it('is read from any text, or not at all', () => {
    fc.assert(fc.property(anyText, (text) => {
      if (/^\d{1,15}\n$/.test(text)) return;
      assert.throws(() => parseMtu(text, 'x'), ParseError);
    }));
  });

  it('is that of the interface that is asked for', () => {
    host.write('sys/class/net/eth0/mtu', '1500\n');
    assert.deepEqual(readMtu(host.root, 'eth0'), { kind: 'ok', value: 1500 });
    const gone = readMtu(host.root, 'eth1');
    assert.strictEqual(gone.kind, 'absent');
    host.write('sys/class/net/eth0/mtu', '150');
    assert.throws(() => readMtu(host.root, 'eth0'), ParseError, '/sys/class/net/eth0/mtu: expected a newline at its end, got "150"');
  });
});
