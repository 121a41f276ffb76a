import { assert } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { firstSave } from '../../../cli/first-save.ts';
import type { Monitor } from '../../../plugins/core/status.ts';
import { eventually } from '../../support/eventually.ts';

const monitor: Monitor = {
  metadata: { name: 'm', version: '1', description: '', supportedConditions: [], capabilities: {}, apiVersion: 'v1' },
  checkHealth: () => ({ status: { source: 'm', events: [], conditions: [] }, delivered: () => {} }),
  stop: () => {},
};

function bench(): { readonly saving: ReturnType<typeof firstSave>; readonly saved: string[] } {
  const saved: string[] = [];
  return { saved, saving: firstSave((text) => void saved.push(text)) };
}

describe('the first text for the state file', () => {
  it('is saved once the first question is answered, the newest alone, and then each', async () => {
    const { saving, saved } = bench();
    const served = saving.watched(monitor);
    saving.save('first');
    saving.served();
    saving.save('second');
    await nextTurn();
    assert.deepEqual(saved, []);
    served.checkHealth({});
    assert.deepEqual(saved, []);
    await nextTurn();
    assert.deepEqual(saved, ['second']);
    saving.save('third');
    assert.deepEqual(saved, ['second', 'third']);
  });

  it('is not lost to a question that comes before all is ready', async () => {
    const { saving, saved } = bench();
    saving.save('text');
    saving.watched(monitor).checkHealth({});
    await nextTurn();
    assert.deepEqual(saved, []);
    saving.served();
    await eventually('the text', () => (saved.length > 0 ? true : undefined));
    assert.deepEqual(saved, ['text']);
  });

  it('is saved though nobody asks', async () => {
    const { saving, saved } = bench();
    saving.save('text');
    saving.served();
    await eventually('the text', () => (saved.length > 0 ? true : undefined));
    assert.deepEqual(saved, ['text']);
  });

  it('is saved at the end, though nobody has asked', () => {
    const { saving, saved } = bench();
    saving.save('text');
    saving.served();
    saving.release();
    assert.deepEqual(saved, ['text']);
  });

  it('is nothing where there is nothing', async () => {
    const { saving, saved } = bench();
    saving.watched(monitor).checkHealth({});
    saving.served();
    await nextTurn();
    saving.release();
    assert.deepEqual(saved, []);
  });
});
