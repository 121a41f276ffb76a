import { assert } from 'chai';
import { type Problem, healthy, problem } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, story } from './story.ts';

const slow = (outlook?: string): Problem => ({ ...problem('DiskSlow', 'sda', 'sda answers late'), ...(outlook === undefined ? {} : { outlook }) });

/** Looks at the disk until its finding is raised; each look gives an outlook with its number. */
function raised(): Story {
  const tale = story();
  tale.look('space', healthy);
  for (let number = 0; number <= RAISE_MS / PERIOD_MS; number++) {
    if (number > 0) tale.pass(PERIOD_MS);
    tale.look('speed', slow(`outlook of look ${number}`));
    tale.look('space', healthy);
  }
  return tale;
}

const RAISED = `True DiskSlow: sda answers late, outlook of look ${RAISE_MS / PERIOD_MS}`;

describe('how things looked around a finding', () => {
  it('is told as it was when the finding was raised, in condition and event', () => {
    const tale = raised();
    assert.strictEqual(tale.told(), RAISED);
    assert.deepEqual(tale.events(), [`info DiskSlow: sda answers late, outlook of look ${RAISE_MS / PERIOD_MS}`]);
  });

  it('stays so whatever comes later, also when it was gone for a moment', () => {
    const tale = raised();
    for (const verdict of [slow('otherwise'), slow(), healthy, slow('again')]) {
      tale.pass(PERIOD_MS);
      tale.look('space', healthy);
      tale.look('speed', verdict);
      assert.strictEqual(tale.told(), RAISED);
    }
  });

  it('stays so over a restart', () => {
    const tale = raised();
    tale.restart();
    assert.strictEqual(tale.told(), RAISED);
    tale.look('speed', slow('after the restart'));
    tale.look('space', healthy);
    assert.strictEqual(tale.told(), RAISED);
  });

  it('is new in the next episode', () => {
    const tale = raised();
    tale.look('speed', healthy);
    tale.pass(CLEAR_MS);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    assert.strictEqual(tale.condition().status, 'False');
    tale.look('speed', { ...slow('new'), isUrgent: true });
    assert.strictEqual(tale.told(), 'True DiskSlow: sda answers late, new');
  });

  it('stands in the place of contributors, on one line of 200 bytes', () => {
    const tale = story();
    tale.look('speed', { ...slow('two\nlines'), contributors: ['somebody'], isUrgent: true });
    tale.look('space', healthy);
    assert.strictEqual(tale.told(), 'True DiskSlow: sda answers late, two?lines');
    const long = story();
    long.look('speed', { ...slow('ü'.repeat(300)), isUrgent: true });
    assert.isAtMost(Buffer.byteLength(long.condition().message), Buffer.byteLength('sda answers late, ') + 200);
  });
});
