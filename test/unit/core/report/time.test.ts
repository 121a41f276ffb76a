import { assert } from 'chai';
import { healthy, problem } from '../../../../plugins/core/verdict.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, START_WALL_MS, type Story, plan, story } from './story.ts';

const slow = problem('DiskSlow', 'sda', 'sda answers late');
const full = problem('DiskFull', '/', '/ is full');
const FINE = 'False DiskIsFine: disks are fine';
const SLOW = 'True DiskSlow: sda answers late';

/** All other checks have looked and found nothing. */
function calmStory(): Story {
  const it = story();
  it.look('space', healthy);
  it.look('speed', healthy);
  it.look('net', healthy);
  return it;
}

/** Every check looks each period for `ms`; `speed` finds `verdict`, the others nothing. */
function looksFor(ms: number, tale: Story, verdict: typeof slow | typeof healthy): void {
  for (let past = 0; past < ms; past += PERIOD_MS) {
    tale.pass(PERIOD_MS);
    tale.look('space', healthy);
    tale.look('speed', verdict);
    tale.look('net', healthy);
  }
}

describe('a pressure', () => {
  it('is told after a duration, not after a number of looks', () => {
    const tale = calmStory();
    for (let count = 0; count < 50; count++) {
      tale.pass(1);
      tale.look('speed', slow);
    }
    assert.strictEqual(tale.told(), FINE);
    tale.pass(RAISE_MS - 50);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), FINE);
    tale.pass(1);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), SLOW);
  });

  it('is told by two looks when they lie far enough apart', () => {
    const tale = calmStory();
    tale.look('speed', slow);
    tale.pass(RAISE_MS);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), SLOW);
  });

  it('is not told by time alone: one look may have been a spike', () => {
    const tale = calmStory();
    tale.look('speed', slow);
    tale.pass(RAISE_MS);
    tale.look('space', healthy);
    assert.strictEqual(tale.told(), FINE);
  });

  it('that was gone for one look before it was told starts again', () => {
    const tale = calmStory();
    looksFor(RAISE_MS, tale, slow);
    tale.pass(1);
    tale.look('speed', healthy);
    tale.look('speed', slow);
    tale.pass(RAISE_MS - 1);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), FINE);
    tale.pass(1);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), SLOW);
  });

  it('clears after it was gone for a duration, not after a number of looks', () => {
    const tale = calmStory();
    looksFor(RAISE_MS + PERIOD_MS, tale, slow);
    tale.look('speed', healthy);
    tale.pass(CLEAR_MS - 1);
    tale.look('space', healthy);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), SLOW);
    tale.pass(1);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), FINE);
  });

  it('that wobbles around its limit inside the clear time changes no byte', () => {
    const tale = calmStory();
    looksFor(RAISE_MS + PERIOD_MS, tale, slow);
    const before = JSON.stringify(tale.conditions());
    const events = tale.events();
    for (let turn = 0; turn < 40; turn++) {
      looksFor(CLEAR_MS - PERIOD_MS, tale, healthy);
      looksFor(PERIOD_MS, tale, slow);
      assert.strictEqual(JSON.stringify(tale.conditions()), before);
    }
    assert.deepEqual(tale.events(), events);
  });

  it('too grave to wait is told by the first look', () => {
    const tale = calmStory();
    tale.look('speed', { ...slow, isUrgent: true });
    assert.strictEqual(tale.told(), SLOW);
  });

  it('that grows grave while it waits is told at once', () => {
    const tale = calmStory();
    tale.look('speed', slow);
    tale.pass(1);
    tale.look('speed', { ...slow, isUrgent: true });
    assert.strictEqual(tale.told(), SLOW);
  });

  it('is told at once and cleared at once when there is only a single look', () => {
    const tale = story({ ...plan, immediate: true });
    tale.look('space', healthy);
    tale.look('speed', slow);
    assert.strictEqual(tale.told(), SLOW);
    tale.look('speed', healthy);
    assert.strictEqual(tale.told(), FINE);
  });
});

describe('a hard fact', () => {
  it('is told by the first look and cleared by the first look without it', () => {
    const tale = calmStory();
    tale.look('space', full);
    assert.strictEqual(tale.told(), 'True DiskFull: / is full');
    tale.look('space', healthy);
    assert.strictEqual(tale.told(), FINE);
  });
});

describe('the transition time', () => {
  it('is the moment on the wall clock at which the status changed', () => {
    const tale = calmStory();
    tale.pass(5_000);
    tale.look('space', full);
    assert.deepEqual(tale.condition(), {
      type: 'DiskLow', status: 'True', transitionMs: START_WALL_MS + 5_000, reason: 'DiskFull', message: '/ is full',
    });
  });

  it('stays when only reason and message change', () => {
    const tale = calmStory();
    looksFor(RAISE_MS + PERIOD_MS, tale, slow);
    const { transitionMs } = tale.condition();
    tale.pass(1_000);
    tale.look('space', full);
    assert.deepEqual(tale.condition(), {
      type: 'DiskLow', status: 'True', transitionMs, reason: 'DiskFull', message: '/ is full; sda answers late',
    });
  });
});

describe('a wall clock that jumps', () => {
  const YEAR_MS = 365 * 86_400_000;
  for (const [name, byMs] of [['back', -YEAR_MS], ['forward', YEAR_MS]] as const) {
    it(`${name} by a year makes no duration shorter or longer`, () => {
      const tale = calmStory();
      tale.look('speed', slow);
      tale.jumpWall(byMs);
      tale.pass(RAISE_MS - 1);
      tale.look('speed', slow);
      tale.look('space', healthy);
      assert.strictEqual(tale.told(), FINE);
      tale.pass(1);
      tale.look('speed', slow);
      assert.strictEqual(tale.told(), SLOW);
      assert.strictEqual(tale.condition().transitionMs, START_WALL_MS + RAISE_MS + byMs);

      tale.look('speed', healthy);
      tale.jumpWall(-2 * byMs);
      tale.pass(CLEAR_MS - 1);
      tale.look('space', healthy);
      tale.look('speed', healthy);
      assert.strictEqual(tale.told(), SLOW);
      tale.pass(1);
      tale.look('speed', healthy);
      assert.strictEqual(tale.told(), FINE);
    });

    it(`${name} by a year makes nothing stale and nothing fresh`, () => {
      const tale = calmStory();
      const before = JSON.stringify(tale.conditions());
      tale.jumpWall(byMs);
      assert.strictEqual(JSON.stringify(tale.conditions()), before);
      tale.pass(3 * PERIOD_MS + 1);
      tale.jumpWall(-byMs);
      assert.strictEqual(tale.condition().status, 'Unknown');
    });
  }
});
