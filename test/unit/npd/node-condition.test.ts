import { assert } from 'chai';
import { asNodeCondition } from '../../../plugins/npd/node-condition.ts';

describe('a condition on the node', () => {
  for (const [transitionMs, lastTransitionTime] of [
    [1_767_225_660_999, '2026-01-01T00:01:00Z'],
    [0, '1970-01-01T00:00:00Z'],
    [-1_500, '1969-12-31T23:59:58Z'],
    [-62_135_596_800_000, null],
  ] as const) {
    it(`has ${lastTransitionTime} as its transition after ${transitionMs} ms`, () => {
      const condition = { type: 'A', status: 'True', transitionMs, reason: 'B', message: 'c' } as const;
      assert.deepEqual(asNodeCondition(condition, 1_767_225_661_001), {
        type: 'A', status: 'True', lastHeartbeatTime: '2026-01-01T00:01:01Z', lastTransitionTime, reason: 'B', message: 'c',
      });
    });
  }

  it('loses its reason and message when they are empty', () => {
    assert.deepEqual(asNodeCondition({ type: 'A', status: 'True', transitionMs: 0, reason: '', message: '' }, 0), {
      type: 'A', status: 'True', lastHeartbeatTime: '1970-01-01T00:00:00Z', lastTransitionTime: '1970-01-01T00:00:00Z',
    });
  });
});
