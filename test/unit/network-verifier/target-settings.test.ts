import { assert } from 'chai';
import * as fc from 'fast-check';
import { ConfigError } from '../../../plugins/core/errors.ts';
import { readSettings } from '../../../plugins/core/settings.ts';
import { networkSettings } from '../../../plugins/network-verifier/settings.ts';
import { readQuorum, requiredCount } from '../../../plugins/network-verifier/targets/quorum.ts';
import { type Target, isUnspecified, readTarget } from '../../../plugins/network-verifier/targets/target.ts';
import { anyText } from '../../support/arbitraries.ts';

const tcp = (written: string, host: string, port: number): Target => ({ text: `tcp://${written}:${port}`, kind: 'tcp', host, port });
const http = (text: string, host: string, port: number): Target => ({ text, kind: 'http', host, port });

const targets: Readonly<Record<string, Target>> = {
  'db.example:5432': tcp('db.example', 'db.example', 5432),
  'tcp://db.example:5432': tcp('db.example', 'db.example', 5432),
  'db.example.:5432': tcp('db.example.', 'db.example.', 5432),
  'localhost:1': tcp('localhost', 'localhost', 1),
  '_under_score.example:65535': tcp('_under_score.example', '_under_score.example', 65_535),
  '192.0.2.1:443': tcp('192.0.2.1', '192.0.2.1', 443),
  '[2001:db8::1]:443': tcp('[2001:db8::1]', '2001:db8::1', 443),
  'tcp://[fe80::1%eth0]:443': tcp('[fe80::1%eth0]', 'fe80::1%eth0', 443),
  'http://web.example': http('http://web.example', 'web.example', 80),
  'https://web.example': http('https://web.example', 'web.example', 443),
  'https://web.example:8443/v2/?a=b%20c&d=(e)': http('https://web.example:8443/v2/?a=b%20c&d=(e)', 'web.example', 8443),
  'http://web.example?ready': http('http://web.example?ready', 'web.example', 80),
  'http://[2001:db8::1]:8080/': http('http://[2001:db8::1]:8080/', '2001:db8::1', 8080),
};

const FORMS = 'expected HOST:PORT, tcp://HOST:PORT, http://HOST[:PORT]/PATH or https://HOST[:PORT]/PATH';
const noTargets = [
  '', ' ', 'db.example', 'tcp://db.example', 'db.example:', ':443', 'db.example:0', 'db.example:65536', 'db.example:443x', 'db.example:-1', 'db.example:4 3',
  'tcp://db.example:5432/path', 'udp://db.example:53', 'HTTP://web.example', 'http:/web.example', 'http://', 'http://:80', '//web.example:1', 'db_.-:1',
  '-db.example:1', 'db..example:1', `${'a'.repeat(64)}.example:1`, `${'a.'.repeat(127)}a:1`, 'bücher.example:1', '256.0.0.1:1', '192.0.2:1', '0x7f.1:1', '1.2.3.4.5:1',
  '2001:db8::1:443', '[2001:db8::1]', '[2001:db8::g]:443', '[192.0.2.1]:443', '[]:443', 'http://[fe80::1%eth0]/', 'http://web.example/#top', 'http://web.example/a b', 'http://web.example/ü',
  'http://web.example/\n', `http://web.example/${'a'.repeat(512)}`, 'db.example:5432\n',
];

describe('a target', () => {
  for (const [entry, want] of Object.entries(targets)) {
    it(`is ${entry}`, () => {
      assert.deepEqual(readTarget(entry), want);
    });
  }

  for (const entry of noTargets) {
    it(`is not ${JSON.stringify(entry).slice(0, 40)}`, () => {
      assert.strictEqual(readTarget(entry), `${FORMS}, got ${JSON.stringify(entry.length > 120 ? `${entry.slice(0, 120)}…` : entry)}`);
    });
  }

  for (const entry of ['https://me:secret@web.example/', 'tcp://me@db.example:1', '@db.example:1']) {
    it(`holds no name and password, and they are not repeated: ${entry}`, () => {
      assert.strictEqual(readTarget(entry), 'a user name or password may not stand in a URL here: conditions show it to everybody');
    });
  }

  for (const host of ['0.0.0.0', '[::]', '[::0]', '[0:0:0:0:0:0:0:0]', '[::ffff:0.0.0.0]', '[::ffff:0:0]', '[::%lo]', '[::0.0.0.0]']) {
    it(`is not at ${host}, which would be this machine`, () => {
      assert.strictEqual(readTarget(`${host}:80`), `"${host}" is no address of anybody (RFC 1122, section 3.2.1.3)`);
    });
  }

  it('of any text is read or complained of, and what is read reads the same again', () => {
    const pieces = fc.array(fc.constantFrom('tcp://', 'http://', 'https://', 'a', '.', ':', '1', '443', '[', ']', '::', '%', '@', '/', '?', '#', ' ', '\n', '0', 'é'), { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(fc.property(fc.oneof(anyText, pieces), (entry) => {
      const target = readTarget(entry);
      if (typeof target === 'string') return;
      assert.deepEqual(readTarget(target.text), target);
      assert.match(target.text, /^[!-~]+$/);
      assert.isFalse(isUnspecified(target.host));
    }), { numRuns: 2_000 });
  });
});

describe("an address that is nobody's", () => {
  it('is none that begins or ends with zeros', () => {
    for (const address of ['0.0.0.1', '10.0.0.0', '::1', '1::', 'fd00::', '::ffff:10.0.0.1', '::ffff:0:1', 'localhost', '']) assert.isFalse(isUnspecified(address), address);
  });
});

describe('a quorum', () => {
  it('is all, a number, or one of so many', () => {
    assert.deepEqual(['all', '1', '12', '2 of 3', '3 of 3'].map(readQuorum), [{ least: 'all' }, { least: 1 }, { least: 12 }, { least: 2, of: 3 }, { least: 3, of: 3 }]);
    for (const text of ['', '0', '-1', '1.5', '2of3', '2 of', '2 of 0', 'of 3', 'ALL', ' 1', '1 ', '2 of 3 ', '1e3', '99999']) {
      assert.strictEqual(readQuorum(text), `expected all, a number from 1, or e.g. "2 of 3", got ${JSON.stringify(text)}`);
    }
    assert.strictEqual(readQuorum('4 of 3'), '"4 of 3" can never be reached');
  });

  it('fits the number of targets, or is complained of', () => {
    assert.deepEqual([requiredCount('all', 0), requiredCount('all', 3), requiredCount('2', 3), requiredCount('3', 3), requiredCount('2 of 3', 3)], [0, 3, 2, 3, 2]);
    assert.throws(() => requiredCount('4', 3), ConfigError, 'targetQuorum: "4" can never be reached: 3 targets are set in targets');
    assert.throws(() => requiredCount('1', 0), ConfigError, 'targetQuorum: "1" can never be reached: no targets are set in targets');
    assert.throws(() => requiredCount('2 of 3', 4), ConfigError, 'targetQuorum: "2 of 3" does not fit: 4 targets are set in targets');
    assert.throws(() => requiredCount('junk', 4), ConfigError, 'targetQuorum: expected all');
  });
});

describe('the settings of targets, route and peers', () => {
  const read = (section: Readonly<Record<string, unknown>>): unknown => {
    const settings = readSettings(networkSettings, section, 'network-verifier');
    return Object.fromEntries(Object.keys(section).map((key) => [key, settings[key as keyof typeof settings]]));
  };

  for (const section of [
    { targets: ['db.example:1', 'https://web.example/'] }, { targets: [] }, { targetQuorum: '2 of 3' }, { targetQuorum: 'all' }, { defaultRoute: 'on' }, { minMtu: 1500 },
    { peers: '' }, { peers: 'peers.monitoring.svc.cluster.local.' }, { peerPort: 1 }, { peerSample: 16 },
  ]) {
    it(`are taken as they are written: ${JSON.stringify(section)}`, () => {
      assert.deepEqual(read(section), section);
    });
  }

  it('may be a text or a number', () => {
    assert.deepEqual(read({ targets: 'a:1, http://b', targetQuorum: 2, defaultRoute: true, minMtu: '9001', peerPort: '80' }), { targets: ['a:1', 'http://b'], targetQuorum: '2', defaultRoute: 'on', minMtu: 9001, peerPort: 80 });
  });

  const many = Array.from({ length: 65 }, (_, index) => `a:${index + 1}`);
  const refused: readonly (readonly [section: Readonly<Record<string, unknown>>, message: string])[] = [
    [{ targets: ['a:1', 'nowhere'] }, `targets[1]: ${FORMS}, got "nowhere"`],
    [{ targets: ['a:1', 'tcp://a:1'] }, 'targets[1]: "tcp://a:1" is there twice'],
    [{ targets: many }, 'targets: expected at most 64 targets, got 65'],
    [{ targets: [{}] }, 'targets[0]: expected a text or a number, got "{}"'],
    [{ targetQuorum: 'most' }, 'targetQuorum: expected all, a number from 1, or e.g. "2 of 3", got "most"'],
    [{ targetQuorum: 0 }, 'targetQuorum: expected all, a number from 1, or e.g. "2 of 3", got "0"'],
    [{ targetQuorum: [2] }, 'targetQuorum: expected all or a number, got "[2]"'],
    [{ defaultRoute: 'maybe' }, 'defaultRoute: expected on or off, got "maybe"'],
    [{ minMtu: -1 }, 'minMtu: expected a whole number ≥ 0, got "-1"'],
    [{ peers: 'http://peers' }, 'peers: expected a name such as "pod-network-verifier-peers.monitoring.svc.cluster.local", got "http://peers"'],
    [{ peers: '10.0.0.1' }, 'peers: expected a name such as "pod-network-verifier-peers.monitoring.svc.cluster.local", got "10.0.0.1"'],
    [{ peers: 1 }, 'peers: expected a name such as "pod-network-verifier-peers.monitoring.svc.cluster.local", got "1"'],
    [{ peerPort: 0 }, 'peerPort: expected a number from 1 to 65535, got "0"'],
    [{ peerPort: 65_536 }, 'peerPort: expected a number from 1 to 65535, got "65536"'],
    [{ peerSample: 2 }, 'peerSample: expected a number from 3 to 16, got "2"'],
  ];
  for (const [section, message] of refused) {
    it(`are refused by name: ${JSON.stringify(section).slice(0, 60)}`, () => {
      assert.throws(() => read(section), ConfigError, new RegExp(`^network-verifier\\.${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
    });
  }
});
