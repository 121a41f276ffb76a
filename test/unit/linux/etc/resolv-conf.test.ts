import { assert } from 'chai';
import * as fc from 'fast-check';
import { isIP } from 'node:net';
import { type ResolvConf, parseResolvConf } from '../../../../plugins/linux/etc/resolv-conf.ts';

const NONE: ResolvConf = { nameServers: [], search: [], ndots: 1, badNameServers: [] };

const files: readonly { readonly name: string; readonly text: string; readonly want: Partial<ResolvConf> }[] = [
  {
    name: 'of a Pod',
    text: 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    want: { nameServers: ['10.96.0.10'], search: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], ndots: 5 },
  },
  {
    name: 'with comments, tabs and what follows an address',
    text: '# from DHCP\n; likewise\nnameserver\t192.0.2.53 # the first\nnameserver 2001:db8::53\nnameserver fe80::1%eth0\r\n',
    want: { nameServers: ['192.0.2.53', '2001:db8::53', 'fe80::1%eth0'] },
  },
  {
    name: 'with more name servers than libc asks',
    text: 'nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n',
    want: { nameServers: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] },
  },
  {
    name: 'with what is no address',
    text: 'nameserver dns.example.com\nnameserver 192.0.2.1\nnameserver 300.1.1.1\nnameserver 10.96.0.10:53\nnameserver\n',
    want: { nameServers: ['192.0.2.1'], badNameServers: ['dns.example.com', '300.1.1.1', '10.96.0.10:53'] },
  },
  { name: 'of whose search lines the last counts', text: 'search a.example b.example\ndomain c.example more\n', want: { search: ['c.example'] } },
  { name: 'whose domains have dots around them', text: 'search . a.example. .\n', want: { search: ['a.example'] } },
  { name: 'with options in several lines', text: 'options rotate ndots:2 timeout:1\noptions edns0 trust-ad\n', want: { ndots: 2 } },
  { name: 'with more dots than libc counts', text: 'options ndots:99\n', want: { ndots: 15 } },
  { name: 'with dots that are no number', text: 'options ndots:five ndots: ndots\n', want: {} },
  { name: 'with keywords that libc does not see', text: ' nameserver 192.0.2.1\nNameserver 192.0.2.1\nnameservers 192.0.2.1\nnameserver192.0.2.1\n', want: {} },
  { name: 'that is empty', text: '', want: {} },
];

describe('a resolv.conf', () => {
  for (const { name, text, want } of files) {
    it(name, () => {
      assert.deepEqual(parseResolvConf(text), { ...NONE, ...want });
    });
  }

  it('of garbage names nobody', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (junk) => {
      const { nameServers, ndots } = parseResolvConf(`${junk}\nnameserver ${junk}`);
      assert.isTrue(nameServers.every((address) => isIP(address) !== 0) && nameServers.length <= 3);
      assert.isTrue(Number.isInteger(ndots) && ndots <= 15);
    }));
  });
});
