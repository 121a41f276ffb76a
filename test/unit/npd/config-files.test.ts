import { assert } from 'chai';
import { readHostConfigs } from '../../../plugins/npd/config-files.ts';

function file(socketAddress: string, ...types: readonly string[]): string {
  const conditions = types.map((type) => ({ type, reason: 'Ok', message: 'ok' }));
  return JSON.stringify({ plugin: 'external', source: 's', pluginConfig: { socketAddress }, conditions }, undefined, 2);
}

function warningsOf(...files: readonly (readonly [string, string])[]): unknown {
  return readHostConfigs(files.map(([name, text]) => ({ name, text }))).map(({ name, warnings }) => ({ name, warnings }));
}

describe('several configuration files of one host', () => {
  it('may have different sockets and conditions', () => {
    assert.deepEqual(warningsOf(['a.json', file('/a', 'A')], ['b.json', file('/b', 'B')]), [{ name: 'a.json', warnings: [] }, { name: 'b.json', warnings: [] }]);
  });

  it('must not write the same condition', () => {
    assert.deepEqual(warningsOf(['a.json', file('/a', 'A')], ['b.json', file('/b', 'B', 'A')]), [
      { name: 'a.json', warnings: [] },
      { name: 'b.json', warnings: [{ path: 'conditions[1].type', line: 14, message: 'a.json has the type "A" too; the monitors overwrite each other', remedy: 'let one monitor write each condition' }] },
    ]);
  });

  it('must not use the same socket', () => {
    assert.deepEqual(warningsOf(['a.json', file('/a', 'A')], ['b.json', file('/a', 'B')]), [
      { name: 'a.json', warnings: [] },
      { name: 'b.json', warnings: [{ path: 'pluginConfig.socketAddress', line: 5, message: 'a.json uses the same socket, "/a"', remedy: 'give every monitor a socket of its own' }] },
    ]);
  });

  it('are loaded once when given twice', () => {
    assert.deepEqual(warningsOf(['a.json', file('/a', 'A')], ['a.json', file('/a', 'A')]), [
      { name: 'a.json', warnings: [] },
      { name: 'a.json', warnings: [{ path: '', line: 1, message: 'the file is given twice; the host loads it once', remedy: 'name it once' }] },
    ]);
  });

  it('are each judged, whatever the others look like', () => {
    const [a, b] = readHostConfigs([{ name: 'a.json', text: '' }, { name: 'b.json', text: file('/b', 'B') }]);
    assert.deepEqual(a?.errors.map(({ message }) => message), ['not JSON: unexpected end of JSON input']);
    assert.deepEqual(b?.errors, []);
    assert.deepEqual(b?.config?.socketAddress, '/b');
  });
});
