import { assert } from 'chai';
import { isNews, startReport } from '../../../../plugins/core/report/report.ts';
import { restoreReport, saveReport } from '../../../../plugins/core/report/save.ts';
import { type Problem, healthy, problem } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, plan, story } from './story.ts';

const full = (contributors: readonly string[] = [], disk = '/'): Problem => ({ ...problem('DiskFull', disk, `${disk} is full`), contributors });
const slow = (...contributors: readonly string[]): Problem => ({ ...problem('DiskSlow', 'sda', 'sda answers late'), contributors });

function lookOften(tale: Story, forMs: number, verdict: (index: number) => Problem): void {
  for (let index = 0; index * PERIOD_MS <= forMs; index += 1) {
    tale.look('speed', verdict(index));
    tale.pass(PERIOD_MS);
  }
}

describe('contributors to a finding', () => {
  it('stand behind its message, in the condition and in the event of its begin', () => {
    const tale = story();
    tale.look('space', full(['pod default/train-0 3f2a0c1e (python)', 'kubelet.service']));
    tale.look('speed', healthy);
    assert.equal(tale.told(), 'True DiskFull: / is full, most by pod default/train-0 3f2a0c1e (python), kubelet.service');
    assert.deepEqual(tale.events(), ['warn DiskFull: / is full, most by pod default/train-0 3f2a0c1e (python), kubelet.service']);
  });

  it('are those of the look that raised it, whatever later ones give, until it is gone', () => {
    const tale = story();
    tale.look('space', healthy);
    lookOften(tale, RAISE_MS, (index) => slow(`look ${index}`));
    const raised = `True DiskSlow: sda answers late, most by look ${RAISE_MS / PERIOD_MS}`;
    assert.equal(tale.told(), raised);
    tale.look('speed', slow('others'));
    assert.equal(tale.told(), raised);
    tale.look('speed', problem('DiskSlow', 'sda', 'sda answers late'));
    assert.equal(tale.told(), raised);

    tale.look('speed', healthy);
    assert.equal(tale.told(), raised, 'it has not been gone for long enough');
    tale.pass(CLEAR_MS);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    assert.equal(tale.condition().status, 'False');
    lookOften(tale, RAISE_MS, () => slow('others'));
    tale.look('space', healthy);
    assert.include(tale.told(), 'sda answers late, most by others');
  });

  it('come from an earlier look where the one that raises it gives none', () => {
    const tale = story();
    lookOften(tale, RAISE_MS, (index) => (index === 2 ? slow('one') : slow()));
    assert.include(tale.told(), 'sda answers late, most by one');
  });

  it('outlive a restart, and a state file of an older version has none', () => {
    const tale = story();
    tale.look('space', full(['one', 'two']));
    tale.look('speed', healthy);
    const told = tale.told();
    const old = saveReport(plan, tale.state(), 'this-boot', tale.now()).replace(',"contributors":"most by one, two"', '');
    tale.restart();
    tale.look('space', full(['three']));
    assert.equal(tale.told(), told);
    const restored = restoreReport(plan, startReport(plan, tale.now()), old, 'this-boot', tale.now());
    assert.equal(restored.conditions.get('DiskLow')?.message, '/ is full');
  });

  it('are three at most, on one line of 200 bytes', () => {
    const tale = story();
    tale.look('space', full(['a\nb', 'c', 'd', 'e']));
    assert.include(tale.told(), '/ is full, most by a?b, c, d');
    assert.notInclude(tale.told(), ', e');
    const long = story();
    long.look('space', full(Array.from({ length: 3 }, () => 'é'.repeat(200))));
    assert.isAtMost(Buffer.byteLength(long.condition().message), Buffer.byteLength('/ is full, ') + 200);
  });

  it('never crowd out another finding', () => {
    const tale = story();
    const disks = Array.from({ length: 60 }, (_, index) => `/disk${String(index).padStart(2, '0')}`);
    tale.look('space', ...disks.slice(0, 40).map((disk) => full(['x'.repeat(150)], disk)));
    const { message } = tale.condition();
    for (const disk of disks.slice(0, 40)) assert.include(message, `${disk} is full`);
    assert.equal(message.split('most by').length - 1, 2, 'there is room for those of two');
    tale.look('space', ...disks.map((disk) => full(['x'.repeat(150)], disk)));
    assert.notInclude(tale.condition().message, 'most by');
  });

  it('are asked for when a problem is about to be told for the first time, and not before or after', () => {
    const tale = story();
    const isAsked = (verdict: Problem, inMs = 0): boolean => isNews(plan, tale.state(), verdict.reason === 'DiskFull' ? 'space' : 'speed', verdict, tale.now().monotonicMs + inMs);
    assert.deepEqual([isAsked(full()), isAsked(slow()), isAsked({ ...slow(), isUrgent: true })], [true, false, true]);
    tale.look('space', full());
    tale.look('speed', slow());
    tale.pass(RAISE_MS - 1_000);
    assert.deepEqual([isAsked(full()), isAsked(slow()), isAsked(slow(), 1_000)], [false, false, true]);
    tale.pass(1_000);
    assert.isTrue(isAsked(slow()));
    tale.look('speed', slow());
    assert.isFalse(isAsked(slow()));
  });
});
