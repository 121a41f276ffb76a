import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseIpv6RouteLine, parseRouteLine, readDefaultRoutes } from '../../../../plugins/linux/proc/net-route.ts';
import { type HostTree, hostTree } from '../../../support/host-tree.ts';

const HEADER = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n';
const DEFAULT = 'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0                                                                               \n';
const NEAR = 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0                                                                               \n';
const BLACKHOLE = '*\t0000140A\t00000000\t0205\t0\t0\t0\t00C0FFFF\t0\t0\t0                                                                               \n';
const ZEROS = '0'.repeat(32);
const DEFAULT6 = `${ZEROS} 00 ${ZEROS} 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n`;
const NOWHERE6 = `${ZEROS} 00 ${ZEROS} 00 ${ZEROS} ffffffff 00000001 00000000 00200200       lo\n`;
const NEAR6 = `fd000000000000000000000000000000 40 ${ZEROS} 00 ${ZEROS} 00000100 00000001 00000000 00000001     eth0\n`;

const route = { destination: '0.0.0.0/0', interface: 'eth0', gateway: '192.0.2.1', metric: 100, isUsable: true };
const route6 = { destination: '::/0', interface: 'eth0', gateway: 'fd00::1', metric: 1024, isUsable: true };

describe('a route', () => {
  it('of IPv4 has a destination, a gateway or none, and may refuse', () => {
    assert.isUndefined(parseRouteLine(HEADER, 0, 'x'));
    assert.deepEqual(parseRouteLine(DEFAULT, 1, 'x'), route);
    assert.deepEqual(parseRouteLine(NEAR, 2, 'x'), { destination: '192.0.2.0/24', interface: 'eth0', gateway: undefined, metric: 0, isUsable: true });
    assert.deepEqual(parseRouteLine(BLACKHOLE, 3, 'x'), { destination: '10.20.0.0/18', interface: '*', gateway: undefined, metric: 0, isUsable: false });
  });

  it('of IPv6 likewise', () => {
    assert.deepEqual(parseIpv6RouteLine(DEFAULT6, 0, 'x'), route6);
    assert.deepEqual(parseIpv6RouteLine(NEAR6, 0, 'x'), { destination: 'fd00::/64', interface: 'eth0', gateway: undefined, metric: 256, isUsable: true });
    assert.isFalse(parseIpv6RouteLine(NOWHERE6, 0, 'x').isUsable);
  });

  const lines = [
    { text: HEADER, parse: (text: string): unknown => parseRouteLine(text, 0, 'x') },
    { text: DEFAULT, parse: (text: string): unknown => parseRouteLine(text, 1, 'x') },
    { text: DEFAULT6, parse: (text: string): unknown => parseIpv6RouteLine(text, 0, 'x') },
  ];
  for (const { text, parse } of lines) {
    it(`cut or garbage is none: ${text.slice(0, 12)}`, () => {
      for (let end = 0; end < text.length; end++) assert.throws(() => parse(text.slice(0, end)), ParseError);
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (junk) => {
        assert.throws(() => parse(`${junk}\n`), ParseError);
      }));
    });
  }
});

describe('the ways to everywhere else', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  it('are those of PID 1, of IPv4 and IPv6', () => {
    host.write('proc/1/net/route', HEADER + NEAR + DEFAULT + BLACKHOLE);
    host.write('proc/1/net/ipv6_route', NEAR6 + NOWHERE6 + DEFAULT6);
    assert.deepEqual(readDefaultRoutes(host.root), { kind: 'ok', value: [route, route6] });
    host.remove('proc/1/net/ipv6_route');
    assert.deepEqual(readDefaultRoutes(host.root), { kind: 'ok', value: [route] });
  });

  it('are those of this process where that is asked for', () => {
    host.write('proc/1/net/route', HEADER);
    host.write('proc/self/net/route', HEADER + DEFAULT);
    assert.deepEqual(readDefaultRoutes(host.root, 'self'), { kind: 'ok', value: [route] });
  });

  it('cannot be told where PID 1 is hidden', () => {
    assert.equal(readDefaultRoutes(host.root).kind, 'absent');
  });
});
