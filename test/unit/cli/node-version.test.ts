import { assert } from 'chai';
import { nodeComplaint } from '../../../cli/node-version.ts';
import packageJson from '../../../package.json' with { type: 'json' };

describe('the version of Node.js', () => {
  it('is enough from the one that package.json names', () => {
    const [, least] = /^>=(\d+)$/.exec(packageJson.engines.node) ?? [];
    assert.isUndefined(nodeComplaint(`v${least}.0.0`));
    assert.equal(nodeComplaint('v23.11.1'), `needs Node.js ${least} or later, this is v23.11.1`);
  });

  it('is compared as a number', () => {
    assert.deepEqual(['v4.9.1', 'v9.0.0', 'v24.1.0', 'v26.10.0', 'v100.0.0'].map((version) => nodeComplaint(version) === undefined), [false, false, true, true, true]);
  });
});
