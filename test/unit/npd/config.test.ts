import { assert } from 'chai';
import * as fc from 'fast-check';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import { configurationCases, HOSTS } from '../../support/host-recordings.ts';

describe('a configuration file is judged as the real host judges it', () => {
  for (const host of HOSTS) {
    for (const { name, files, outcome, says = '' } of configurationCases(host).filter((one) => one.files.length === 1)) {
      it(`${host}: ${name}`, () => {
        const { config, errors } = readHostConfig(files[0] ?? '');
        assert.equal(errors.length === 0 ? 'started' : 'refused', outcome === 'started' ? 'started' : 'refused');
        assert.equal(config !== undefined, outcome === 'started');
        if (says.startsWith('invalid character') || says.startsWith('unexpected end')) {
          assert.deepEqual(errors.map(({ message }) => message), [`not JSON: ${says}`]);
        }
        const [, field] = /(?:Go struct field \w+\.(\S+)|^(?:pluginConfig\.)?(\S+) (?:must|is required))/.exec(says) ?? [];
        if (field !== undefined) assert.isTrue(errors.some(({ path }) => path.startsWith(field)), `${field} is named in ${JSON.stringify(errors)}`);
      });
    }
  }
});

const GOOD = `{
  "plugin": "external",
  "source": "s",
  "pluginConfig": {
    "socketAddress": "/run/s.sock"
  },
  "conditions": [
    { "type": "A", "reason": "AOk", "message": "a ok" }
  ]
}`;

describe('a configuration file', () => {
  it('gets the host\'s defaults', () => {
    assert.deepEqual(readHostConfig(GOOD), {
      config: {
        source: 's', socketAddress: '/run/s.sock', invokeIntervalMs: 30_000, timeoutMs: 10_000, skipInitialStatus: false,
        retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
        healthCheck: { intervalMs: 30_000, errorThreshold: 3 },
        pluginParameters: {},
        conditions: [{ type: 'A', reason: 'AOk', message: 'a ok' }],
      },
      errors: [],
      warnings: [],
    });
  });

  it('with the durations of the published sample names line, value and remedy of each', () => {
    const text = GOOD.replace('"/run/s.sock"', '"/run/s.sock",\n    "invoke_interval": "30s",\n    "timeout": "10s",\n    "retryPolicy": { "maxBackoff": "5m" },\n    "healthCheck": { "interval": 30000.5 }');
    assert.deepEqual(readHostConfig(text), {
      errors: [
        { path: 'pluginConfig.invoke_interval', line: 6, message: 'expected a whole number of nanoseconds, got the string "30s"; the host does not start', remedy: 'write 30000000000, which is 30s' },
        { path: 'pluginConfig.timeout', line: 7, message: 'expected a whole number of nanoseconds, got the string "10s"; the host does not start', remedy: 'write 10000000000, which is 10s' },
        { path: 'pluginConfig.retryPolicy.maxBackoff', line: 8, message: 'expected a whole number of nanoseconds, got the string "5m"; the host does not start', remedy: 'write 300000000000, which is 5m' },
        { path: 'pluginConfig.healthCheck.interval', line: 9, message: 'expected a whole number of nanoseconds, got the number 30000.5; the host does not start', remedy: 'write nanoseconds as digits only, e.g. 30000000000 for 30 s' },
      ],
      warnings: [],
    });
  });

  it('with the dead keys of published samples names their successors', () => {
    const text = `{"plugin":"external","pluginConfig":{"socketPath":"/a.sock","grpcTimeout":"10s","reconnectInterval":"30s","maxReconnectAttempts":5},"source":"s","rules":[]}`;
    const message = 'the host does not know this key and ignores it';
    assert.deepEqual(readHostConfig(text), {
      errors: [{ path: 'pluginConfig.socketAddress', line: 1, message: 'is required', remedy: "write the path of the plugin's socket, without a scheme" }],
      warnings: [
        { path: 'pluginConfig.socketPath', line: 1, message, remedy: 'write it as pluginConfig.socketAddress (a path, no scheme)' },
        { path: 'pluginConfig.grpcTimeout', line: 1, message, remedy: 'write it as pluginConfig.timeout, in nanoseconds (10000000000 is 10 s)' },
        { path: 'pluginConfig.reconnectInterval', line: 1, message, remedy: 'write it as pluginConfig.retryPolicy.initialBackoff, in nanoseconds' },
        { path: 'pluginConfig.maxReconnectAttempts', line: 1, message, remedy: 'write it as pluginConfig.retryPolicy.maxAttempts' },
        { path: 'rules', line: 1, message, remedy: 'remove it: an external monitor decides itself; initial conditions stand under "conditions"' },
      ],
    });
  });
});

const PLUGIN = 'pluginConfig.';
const WARNED: readonly (readonly [name: string, from: string, to: string, path: string, message: string, remedy: string])[] = [
  ['a misspelt key', '"source": "s"', '"source": "s", "metricReporting": true', 'metricReporting', 'the host does not know this key and ignores it', 'did you mean "metricsReporting"?'],
  ['a key in another style', '"/run/s.sock"', '"/run/s.sock", "skipInitialStatus": true', `${PLUGIN}skipInitialStatus`, 'the host does not know this key and ignores it', 'did you mean "skip_initial_status"?'],
  ['a key like no other', '{ "type"', '{ "zzz": 1, "type"', 'conditions[0].zzz', 'the host does not know this key and ignores it', 'remove it; known in conditions[0]: type, reason, message'],
  ['a key in other letters', '"socketAddress"', '"SocketAddress"', `${PLUGIN}SocketAddress`, 'the host takes this key for socketAddress; other programs may not', 'spell it socketAddress'],
  ['a key that comes twice', '"source": "s"', '"source": "t", "source": "s"', 'source', 'the key comes twice; the host takes the last one, and merges objects and lists', 'keep one of them'],
  ['a scheme', '/run/s.sock', 'unix:///run/s.sock', `${PLUGIN}socketAddress`, '"unix:///run/s.sock" has a scheme; the host puts unix:// before it and never connects', 'write the path only'],
  ['a relative socket', '/run/s.sock', 's.sock', `${PLUGIN}socketAddress`, '"s.sock" is no absolute path; the host takes its first part for a host name and never connects', 'begin it with /'],
  ['a question mark in the socket', '/run/s.sock', '/run/s?.sock', `${PLUGIN}socketAddress`, '"/run/s?.sock" holds one of % ? #, which mean something else in the address that the host makes of it', 'choose a path without them'],
  ['a long socket', '/run/s.sock', `/run/${'s'.repeat(103)}`, `${PLUGIN}socketAddress`, "is 108 bytes long; a Unix socket's path has at most 107", 'choose a shorter path'],
  ['a back-off in seconds', '"/run/s.sock"', '"/run/s.sock", "retryPolicy": {"initialBackoff": 5}', `${PLUGIN}retryPolicy.initialBackoff`, 'is 5 ns: the host reconnects without a pause', 'durations are nanoseconds: write 5000000000 for 5 s'],
  ['a negative maximum back-off', '"/run/s.sock"', '"/run/s.sock", "retryPolicy": {"maxBackoff": -1}', `${PLUGIN}retryPolicy.maxBackoff`, 'is -1 ns: the host reconnects without a pause', 'durations are nanoseconds: write 300000000000 for 300 s'],
  ['a health check interval in seconds', '"/run/s.sock"', '"/run/s.sock", "healthCheck": {"interval": 30}', `${PLUGIN}healthCheck.interval`, 'is 30 ns: the host looks at the connection without a pause', 'durations are nanoseconds: write 30000000000 for 30 s'],
  ['one type twice', '[', '[{ "type": "A", "reason": "B", "message": "b" },', 'conditions[1].type', 'the type "A" stands here twice; only the last one is published', 'remove one of them'],
];

describe('the host starts in silence, and we warn of', () => {
  for (const [name, from, to, path, message, remedy] of WARNED) {
    it(name, () => {
      const { errors, warnings } = readHostConfig(GOOD.replace(from, to));
      const [line = 0] = warnings.map((warning) => warning.line);
      assert.deepEqual({ errors, warnings }, { errors: [], warnings: [{ path, line, message, remedy }] });
    });
  }
});

const REFUSED: readonly (readonly [name: string, from: string, to: string, line: number, path: string, message: string, remedy: string])[] = [
  ['an interval in seconds', '"/run/s.sock"', '"/run/s.sock", "invoke_interval": 60', 5, `${PLUGIN}invoke_interval`, 'must be at least 1 s, got 60 ns', 'durations are nanoseconds: write 60000000000 for 60 s'],
  ['a timeout as long as the interval', '"/run/s.sock"', '"/run/s.sock",\n"timeout": 30000000000', 6, `${PLUGIN}timeout`, 'must be less than invoke_interval: 30 s against 30 s', 'lower the timeout or raise the interval'],
  ['an interval no longer than the default timeout', '"/run/s.sock"', '"/run/s.sock", "invoke_interval": 5000000000', 4, `${PLUGIN}timeout`, 'must be less than invoke_interval: 10 s against 5 s', 'lower the timeout or raise the interval'],
  ['a condition without message', ', "message": "a ok"', '', 8, 'conditions[0].message', 'is required', 'give every condition a type, a reason and a message'],
  ['a negative health check interval', '"/run/s.sock"', '"/run/s.sock", "healthCheck": {"interval": -1}', 5, `${PLUGIN}healthCheck.interval`, 'is negative (-1 ns): the host panics when it starts the monitor', 'leave it out for 30 s'],
  ['another plugin type', '"external"', '"externals"', 2, 'plugin', 'must be "external", got "externals"', 'write "plugin": "external"'],
  ['a file of its custom plugin monitor', '"external"', '"custom"', 2, 'plugin', 'this is a file for --config.custom-plugin-monitor, which is not judged here', 'give it to NPD by that flag, and leave it as it is'],
  ['a file of its kernel log monitor', '"external"', '"kmsg"', 2, 'plugin', 'this is a file for --config.system-log-monitor, which is not judged here', 'give it to NPD by that flag, and leave it as it is'],
  ['a number as parameter', '"/run/s.sock"', '"/run/s.sock", "pluginParameters": {"a": 85}', 5, `${PLUGIN}pluginParameters.a`, 'expected a string, got the number 85; the host does not start', 'write "85"'],
  ['a quoted boolean', '"/run/s.sock"', '"/run/s.sock", "skip_initial_status": "True"', 5, `${PLUGIN}skip_initial_status`, 'expected true or false, got the string "True"; the host does not start', 'write true without quotes'],
  ['an interval with exponent', '"/run/s.sock"', '"/run/s.sock", "invoke_interval": 3e10', 5, `${PLUGIN}invoke_interval`, 'expected a whole number of nanoseconds, got the number 3e10; the host does not start', 'write 30000000000, without fraction and exponent'],
  ['a trailing comma', '"a ok" }', '"a ok", }', 8, '', "not JSON: invalid character '}' looking for beginning of object key string", 'write strict JSON: no comments, no trailing commas, double quotes'],
  ['a byte order mark', '{', '\uFEFF{', 1, '', "not JSON: invalid character 'ï' looking for beginning of value", 'save it without a byte order mark'],
];

describe('the host does not start with', () => {
  for (const [name, from, to, line, path, message, remedy] of REFUSED) {
    it(name, () => {
      assert.deepEqual(readHostConfig(GOOD.replace(from, to)), { errors: [{ path, line, message, remedy }], warnings: [] });
    });
  }
});

describe('whatever a configuration file holds', () => {
  it('arbitrary bytes give a report', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { config, errors } = readHostConfig(Buffer.from(bytes).toString());
      assert.isTrue(config === undefined && errors.length > 0);
    }));
  });

  it('arbitrary values under known keys give a report, and a configuration only without errors', () => {
    const keys = fc.constantFrom('plugin', 'source', 'pluginConfig', 'socketAddress', 'invoke_interval', 'timeout', 'retryPolicy', 'maxBackoff', 'healthCheck', 'conditions', 'type', '__proto__', 'constructor', 'toString');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.array(fc.tuple(keys, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    }));
    fc.assert(fc.property(value, (document) => {
      const { config, errors, warnings } = readHostConfig(JSON.stringify(document));
      assert.equal(config === undefined, errors.length > 0);
      for (const { line, message, remedy } of [...errors, ...warnings]) assert.isTrue(line === 1 && message !== '' && remedy !== '');
    }));
  });
});
