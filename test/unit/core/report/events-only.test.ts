import { assert } from 'chai';
import { problem, unknown } from '../../../../plugins/core/verdict.ts';
import { PERIOD_MS, plan, story } from './story.ts';

const news = { ...plan, checks: [...plan.checks, { name: 'news', periodMs: PERIOD_MS }] };
const event = { severity: 'info', reason: 'NodeRebooted', message: 'the node rebooted' } as const;

describe('a check without a condition', () => {
  it('tells events, and changes no condition, whatever it finds', () => {
    const tale = story(news);
    const before = tale.conditions();
    tale.lookWith('news', { verdicts: [unknown('cannot tell')], events: [event] });
    tale.look('news', problem('DiskFull', '/', '/ is full'));
    assert.deepEqual(tale.events(), ['info NodeRebooted: the node rebooted']);
    assert.deepEqual(tale.conditions(), before);
  });

  it('keeps its memo and its baseline over a restart', () => {
    const tale = story(news);
    tale.lookWith('news', { verdicts: [unknown('x')], memo: { a: 1 }, baseline: { b: 2 } });
    tale.restart();
    const { memo, baseline } = tale.state().checks.get('news') ?? {};
    assert.deepEqual({ memo, baseline }, { memo: { a: 1 }, baseline: { b: 2 } });
  });
});
