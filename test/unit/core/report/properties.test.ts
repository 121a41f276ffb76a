import { assert } from 'chai';
import * as fc from 'fast-check';
import { settle, startReport } from '../../../../plugins/core/report/report.ts';
import { restoreReport, saveReport } from '../../../../plugins/core/report/save.ts';
import type { ReportState } from '../../../../plugins/core/report/state.ts';
import type { Condition } from '../../../../plugins/core/status.ts';
import { oneLine } from '../../../../plugins/core/text.ts';
import { healthy, problem, unknownOf } from '../../../../plugins/core/verdict.ts';
import { type Step, anyJump, anyLook, anyPass, anyRestart, anyText, anyVerdict } from '../../../support/arbitraries.ts';
import { CLEAR_MS, PERIOD_MS, RAISE_MS, type Story, plan, story } from './story.ts';

const WORDS = { reasons: ['DiskFull', 'DiskSlow', 'DiskGone'], subjects: ['/', '/data'] };
const CHECKS = ['space', 'speed', 'net'];
const pass = anyPass([PERIOD_MS, RAISE_MS, CLEAR_MS, 3 * PERIOD_MS]);
const wildLook = anyLook(CHECKS, anyVerdict({ ...WORDS, message: anyText }));
const wildSteps = fc.array(fc.oneof({ weight: 4, arbitrary: wildLook }, { weight: 3, arbitrary: pass }, anyJump, anyRestart), { maxLength: 40 });

function take(tale: Story, step: Step): void {
  switch (step.kind) {
    case 'look': return tale.lookWith(step.check, { verdicts: step.verdicts, memo: step.memo });
    case 'pass': return tale.pass(step.ms);
    case 'jump': return tale.jumpWall(step.ms);
    case 'restart': return tale.restart(step.ms);
  }
}

function assertSound(conditions: readonly Condition[]): void {
  assert.deepEqual(conditions.map(({ type }) => type), ['DiskLow', 'NetVerified']);
  for (const { message, reason, transitionMs } of conditions) {
    assert.isAtMost(Buffer.byteLength(message), 1_024);
    assert.strictEqual(oneLine(message), message);
    assert.match(reason, /^[A-Za-z][A-Za-z0-9]*$/);
    assert.isTrue(Number.isSafeInteger(transitionMs));
  }
}

describe('whatever is looked at and however time passes', () => {
  it('the conditions are the same types in the same order, their messages one well-formed line of at most 1,024 bytes', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      for (const step of steps) {
        take(tale, step);
        assertSound(tale.conditions());
      }
    }));
  });

  it('the transition time changes if and only if the status does, and then to the wall clock', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      let before = tale.conditions();
      for (const step of steps) {
        take(tale, step);
        const after = tale.conditions();
        for (const [index, { status, transitionMs }] of after.entries()) {
          const wanted = status === before[index]?.status ? before[index].transitionMs : tale.now().wallMs;
          assert.strictEqual(transitionMs, wanted);
        }
        before = after;
      }
    }));
  });

  it('the same gives the same bytes', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const [one, other] = [story(), story()];
      for (const step of steps) {
        take(one, step);
        take(other, step);
      }
      assert.strictEqual(JSON.stringify([one.conditions(), one.events()]), JSON.stringify([other.conditions(), other.events()]));
      assert.strictEqual(saveReport(plan, one.state(), 'b', one.now()), saveReport(plan, other.state(), 'b', other.now()));
    }));
  });

  it('what was concluded before is taken over only where it is still so', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      for (const step of steps) {
        take(tale, step);
        const state = tale.state();
        // A plan of its own, of which nothing was concluded yet.
        assert.strictEqual(settle({ ...plan }, state, tale.now()), state);
      }
    }), { numRuns: 500 });
  });

  it('asking once more changes nothing', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      for (const step of steps) take(tale, step);
      assert.strictEqual(tale.state(), tale.state());
    }));
  });

  it('a restart changes neither a byte of the conditions nor an event', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      for (const step of steps) take(tale, step);
      const before = [tale.conditions(), tale.events()];
      fc.pre(before.flat().every((one) => typeof one === 'string' || one.transitionMs >= 0));
      tale.restart(1_000);
      assert.deepEqual([tale.conditions(), tale.events()], before);
    }));
  });

  it('the order in which a look lists its verdicts changes no byte', () => {
    const verdicts = fc.uniqueArray(anyVerdict({ ...WORDS, message: fc.constant('m') }), { maxLength: 8, minLength: 1, selector: (verdict) => JSON.stringify(verdict) });
    const rounds = fc.array(fc.tuple(verdicts, fc.constantFrom(PERIOD_MS, RAISE_MS), fc.func(fc.integer())), { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(rounds, (looks) => {
      const [one, other] = [story(), story()];
      for (const [found, ms, rank] of looks) {
        for (const tale of [one, other]) {
          tale.pass(ms);
          tale.look('speed', healthy);
          tale.look('space', ...(tale === one ? found : found.toSorted((a, b) => rank(a) - rank(b))));
        }
        assert.strictEqual(JSON.stringify(one.conditions()), JSON.stringify(other.conditions()));
      }
    }));
  });

  it('events hold no percent sign, begin and end of a condition alternate', () => {
    fc.assert(fc.property(wildSteps, (steps) => {
      const tale = story();
      for (const step of steps) take(tale, step);
      const events = tale.events();
      assert.isTrue(events.every((event) => !event.includes('%')));
      const told = events.filter((event) => /^(warn|info) Disk/.test(event)).map((event) => event.split(/[ :]/)[1] ?? '');
      const episodes = told.join(' ').split('DiskIsFine').map((reasons) => reasons.trim().split(' ').filter((reason) => reason !== ''));
      for (const [index, reasons] of episodes.entries()) {
        assert.strictEqual(new Set(reasons).size, reasons.length);
        if (index < episodes.length - 1) assert.isNotEmpty(reasons);
      }
    }));
  });

  it('memory stays bounded', () => {
    const count = fc.integer({ min: 0, max: 300 });
    fc.assert(fc.property(fc.array(fc.tuple(count, count, count), { maxLength: 6 }), (looks) => {
      const tale = story();
      for (const [problems, gaps, events] of looks) {
        tale.pass(PERIOD_MS);
        tale.lookWith('space', {
          verdicts: [
            healthy,
            ...Array.from({ length: problems }, (_, index) => problem('DiskFull', `/p${index}`, 'x'.repeat(3_000))),
            ...Array.from({ length: gaps }, (_, index) => unknownOf(`/g${index}`, 'y'.repeat(3_000))),
          ],
          events: Array.from({ length: events }, () => ({ severity: 'info', reason: 'Happened', message: 'z'.repeat(3_000) })),
        });
      }
      const { checks, queue } = tale.state();
      const { findings, gaps } = checks.get('space') ?? { findings: [], gaps: [] };
      assert.isAtMost(findings.length, 64);
      assert.isAtMost(gaps.length, 128);
      assert.isAtMost(queue.pending.length, 256);
      assert.isAtMost(Buffer.byteLength(saveReport(plan, tale.state(), 'b', tale.now())), (64 + 128 + 256) * 1_200 + 4_096);
    }), { numRuns: 8 });
  });
});

/** Restoring this text either throws or gives a state that is fit to be told and to be saved again. */
function assertRefusedOrSound(text: string): void {
  const at = { wallMs: 5, monotonicMs: 7 };
  let state: ReportState | undefined;
  try {
    state = restoreReport(plan, startReport(plan, at), text, 'b', at);
  } catch (cause) {
    assert.instanceOf(cause, Error);
  }
  if (state === undefined) return;
  const conditions = plan.specs.map(({ type }) => ({ type, ...state.conditions.get(type) })) as Condition[];
  assertSound(conditions);
  assert.isTrue(state.queue.pending.every(({ message }) => Buffer.byteLength(message) <= 1_024 && !message.includes('%')));
  assert.strictEqual(JSON.stringify(restoreReport(plan, startReport(plan, at), saveReport(plan, state, 'b', at), 'b', at).queue), JSON.stringify(state.queue));
}

describe('an arbitrary state file', () => {
  const tale = story();
  tale.lookWith('space', { verdicts: [problem('DiskFull', '/', '/ is full'), unknownOf('/data', 'no answer')], memo: { a: [1] } });
  tale.look('speed', healthy);
  const good = JSON.parse(saveReport(plan, tale.state(), 'b', tale.now())) as unknown;

  it('of any text is refused or sound', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.json()), assertRefusedOrSound));
  });

  it('that is ours but for one value is refused or sound', () => {
    fc.assert(fc.property(fc.nat(), fc.jsonValue({ maxDepth: 2 }), (where, value) => {
      const places = placesIn(good);
      assertRefusedOrSound(JSON.stringify(replaced(good, places[where % places.length] ?? [], value)));
    }), { numRuns: 500 });
  });

  it('that is ours but torn or with one byte changed is refused or sound', () => {
    const bytes = Buffer.from(JSON.stringify(good));
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, isTorn) => {
      const copy = Buffer.from(bytes);
      copy[at] = byte;
      assertRefusedOrSound((isTorn ? bytes.subarray(0, at) : copy).toString());
    }), { numRuns: 500 });
  });
});

/** The paths of all values in a JSON value, the innermost ones included. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner).map((path) => [key, ...path]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((inner: unknown, index) => (String(index) === key ? replaced(inner, rest, by) : inner));
  const entries = Object.entries(value as object).map(([name, inner]) => [name, name === key ? replaced(inner, rest, by) : inner]);
  return Object.fromEntries(entries) as unknown;
}
