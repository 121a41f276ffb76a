import { assert } from 'chai';
import { hostname } from 'node:os';
import { EXIT, exitCodeOf } from '../../../cli/exit-code.ts';
import { nodeName } from '../../../cli/node-name.ts';
import { count, durationMs, flag, text } from '../../../cli/options.ts';
import type { ConditionStatus } from '../../../plugins/core/status.ts';
import { hostTree } from '../../support/host-tree.ts';

const args = (values: Readonly<Record<string, string | boolean>>) => ({ positionals: [], values });

describe('options', () => {
  it('have the values that were given, or none', () => {
    assert.deepEqual([text(args({ a: 'x' }), 'a'), text(args({ a: true }), 'a'), text(args({}), 'a')], ['x', undefined, undefined]);
    assert.deepEqual([flag(args({ a: true }), 'a'), flag(args({ a: 'x' }), 'a'), flag(args({}), 'a')], [true, false, false]);
    assert.deepEqual([count(args({ n: '12' }), 'n'), count(args({}), 'n')], [12, undefined]);
    assert.deepEqual([durationMs(args({ d: '1m30s' }), 'd', 5, 1_000), durationMs(args({}), 'd', 5, 1_000)], [90_000, 5]);
  });

  for (const given of ['0', '-1', '01', '1.5', '1e3', ' 1', '9999999999', '0x10']) {
    it(`--n ${given} is no count`, () => {
      assert.throws(() => count(args({ n: given }), 'n'), `--n: expected a whole number ≥ 1, got ${JSON.stringify(given)}`);
    });
  }
});

describe('the exit code', () => {
  const table: readonly { readonly statuses: readonly ConditionStatus[]; readonly code: number }[] = [
    { statuses: ['False', 'False'], code: EXIT.ok },
    { statuses: ['False', 'Unknown'], code: EXIT.unknown },
    { statuses: ['Unknown', 'True'], code: EXIT.problem },
    { statuses: ['True', 'False'], code: EXIT.problem },
    { statuses: [], code: EXIT.unknown },
  ];
  for (const { statuses, code } of table) {
    it(`of ${statuses.join(' and ') || 'nothing at all'} is ${code}`, () => {
      assert.equal(exitCodeOf(statuses.map((status) => ({ type: 'DiskSpaceLow', status }))), code);
    });
  }

  it('knows that AcceleratedHardwareReady is True in health', () => {
    const codes = (['True', 'False', 'Unknown'] as const).map((status) => exitCodeOf([{ type: 'AcceleratedHardwareReady', status }]));
    assert.deepEqual(codes, [EXIT.ok, EXIT.problem, EXIT.unknown]);
  });
});

describe('the name of the node', () => {
  it('is the flag, else NODE_NAME, else what the host calls itself', () => {
    using host = hostTree();
    const at = { 'host-root': host.root };
    assert.equal(nodeName(args({ ...at, 'node-name': 'a' }), { env: { NODE_NAME: 'b' } }), 'a');
    assert.equal(nodeName(args(at), { env: { NODE_NAME: 'b' } }), 'b');
    assert.equal(nodeName(args(at), { env: { NODE_NAME: '' } }), 'worker-1');
    assert.equal(nodeName(args({}), { env: {} }), hostname());
  });

  it('is not taken from the container where the host has none', () => {
    using host = hostTree();
    host.write('etc/hostname', '\n');
    assert.equal(nodeName(args({ 'host-root': host.root }), { env: {} }), 'unknown');
    host.remove('etc');
    assert.equal(nodeName(args({ 'host-root': host.root }), { env: {} }), 'unknown');
  });
});
