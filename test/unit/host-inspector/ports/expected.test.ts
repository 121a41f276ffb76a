import { assert } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '../../../../plugins/core/errors.ts';
import { isListed, readPortEntry, readPortFile } from '../../../../plugins/host-inspector/ports/expected.ts';
import { portSettings } from '../../../../plugins/host-inspector/settings/ports.ts';

const ENTRIES = [
  { text: 'tcp/22', is: { protocol: 'tcp', first: 22, last: 22 } },
  { text: 'udp/30000-32767', is: { protocol: 'udp', first: 30_000, last: 32_767 } },
  { text: 'tcp/10248@loopback', is: { protocol: 'tcp', first: 10_248, last: 10_248, scope: 'loopback' } },
  { text: 'tcp/1-65535@all', is: { protocol: 'tcp', first: 1, last: 65_535, scope: 'all' } },
  { text: 'tcp/2379@192.0.2.7', is: { protocol: 'tcp', first: 2_379, last: 2_379, address: '192.0.2.7' } },
  { text: 'udp/546@FE80:0:0::1', is: { protocol: 'udp', first: 546, last: 546, address: 'fe80::1' } },
  { text: 'tcp/80@::FFFF:10.0.0.1', is: { protocol: 'tcp', first: 80, last: 80, address: '::ffff:10.0.0.1' } },
] as const;

const FORM = 'expected "tcp/22", "udp/30000-32767", "tcp/10248@loopback" or "tcp/2379@192.0.2.7", got';
const RANGE = 'expected ports from 1 to 65535, the lower one first, got';
const PLACE = 'expected @loopback, @one, @all or @ and an IP address, got';
const WRONG = [
  ['22', `${FORM} "22"`], ['22/tcp', `${FORM} "22/tcp"`], ['sctp/22', `${FORM} "sctp/22"`], ['tcp/', `${FORM} "tcp/"`], ['tcp/22-', `${FORM} "tcp/22-"`], ['TCP/22', `${FORM} "TCP/22"`],
  ['tcp/0', `${RANGE} "tcp/0"`], ['tcp/65536', `${RANGE} "tcp/65536"`], ['tcp/23-22', `${RANGE} "tcp/23-22"`],
  ['tcp/22@', `${FORM} "tcp/22@"`], ['tcp/22@local', `${PLACE} "tcp/22@local"`], ['tcp/22@10.0.0', `${PLACE} "tcp/22@10.0.0"`], ['tcp/22@fe80::1%eth0', `${PLACE} "tcp/22@fe80::1%eth0"`],
] as const;

describe('an expected port', () => {
  for (const { text, is } of ENTRIES) it(`may be ${text}`, () => assert.deepEqual(readPortEntry(text), is));
  for (const [text, says] of WRONG) it(`may not be ${text}`, () => assert.equal(readPortEntry(text), says));

  const socket = (protocol: 'tcp' | 'udp', port: number, address: string, scope: 'loopback' | 'one' | 'all') => ({ protocol, port, address, scope });
  const TABLE = [
    { entry: 'tcp/22', of: socket('tcp', 22, '0.0.0.0', 'all'), is: true },
    { entry: 'tcp/22', of: socket('udp', 22, '0.0.0.0', 'all'), is: false },
    { entry: 'tcp/20-25', of: socket('tcp', 25, '0.0.0.0', 'all'), is: true },
    { entry: 'tcp/20-25', of: socket('tcp', 26, '0.0.0.0', 'all'), is: false },
    { entry: 'tcp/22@one', of: socket('tcp', 22, '0.0.0.0', 'all'), is: false },
    { entry: 'tcp/22@one', of: socket('tcp', 22, '10.0.0.1', 'one'), is: true },
    { entry: 'tcp/22@one', of: socket('tcp', 22, '127.0.0.1', 'loopback'), is: true },
    { entry: 'tcp/22@all', of: socket('tcp', 22, '10.0.0.1', 'one'), is: true },
    { entry: 'tcp/22@loopback', of: socket('tcp', 22, '10.0.0.1', 'one'), is: false },
    { entry: 'tcp/22@10.0.0.1', of: socket('tcp', 22, '10.0.0.1', 'one'), is: true },
    { entry: 'tcp/22@10.0.0.1', of: socket('tcp', 22, '0.0.0.0', 'all'), is: false },
  ] as const;
  for (const { entry, of, is } of TABLE) {
    it(`${entry} ${is ? 'stands' : 'does not stand'} for ${of.protocol} ${of.address} ${of.port}`, () => {
      const read = readPortEntry(entry);
      assert.isObject(read);
      assert.equal(typeof read !== 'string' && isListed([read], of), is);
    });
  }
});

describe('a file of expected ports', () => {
  it('holds one a line, comments and empty lines', () => {
    assert.deepEqual(readPortFile('# ports\n\n tcp/22 \r\nudp/68# DHCP\ntcp/1', 'f'), [
      { protocol: 'tcp', first: 22, last: 22 }, { protocol: 'udp', first: 68, last: 68 }, { protocol: 'tcp', first: 1, last: 1 },
    ]);
  });

  it('with a line that is none is no list: which port was meant nobody can tell', () => {
    assert.equal(readPortFile('tcp/22\n\ntcp/ssh\n', '/etc/x'), `/etc/x:3: ${FORM} "tcp/ssh"`);
  });

  it('without a port is no list: everything would be unexpected', () => {
    for (const text of ['', '\n', '# tcp/22\n']) assert.equal(readPortFile(text, '/etc/x'), '/etc/x: holds no port; list them, or remove the file');
  });

  it('of garbage is no list, and breaks nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (!/^\s*(?:tcp|udp)\/\d/m.test(text)) assert.isString(readPortFile(text, 'f'));
    }));
  });
});

describe('the settings of ports', () => {
  it('take what they should, and name key and entry of what they do not', () => {
    assert.deepEqual(portSettings.expectedPorts.read(['tcp/22', 'udp/68'], 'x'), ['tcp/22', 'udp/68']);
    assert.deepEqual(portSettings.expectedPorts.read('tcp/22, udp/68', 'x'), ['tcp/22', 'udp/68']);
    assert.throws(() => portSettings.expectedPorts.read(['tcp/22', 'ssh'], 'expectedPorts'), ConfigError, `expectedPorts[1]: ${FORM} "ssh"`);
    assert.throws(() => portSettings.newPortsIgnore.read('tcp/22,tcp/0', 'newPortsIgnore'), ConfigError, `newPortsIgnore[1]: ${RANGE} "tcp/0"`);
    assert.throws(() => portSettings.portScopes.read('all,world', 'portScopes'), ConfigError, 'portScopes[1]: expected one of loopback, one, all, got "world"');
    assert.deepEqual([portSettings.expectedPortsFile.read('none', 'x'), portSettings.expectedPortsFile.read('/etc/ports', 'x')], ['none', '/etc/ports']);
    for (const value of ['', 'etc/ports', 7, ['/etc']]) assert.throws(() => portSettings.expectedPortsFile.read(value, 'expectedPortsFile'), ConfigError, /^expectedPortsFile: expected an absolute path or "none", got /);
  });
});
