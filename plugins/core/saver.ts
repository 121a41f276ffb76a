import { lostOf } from './report/conclude.ts';
import { saveReport } from './report/save.ts';
import type { CheckState, Moment, ReportPlan, ReportState } from './report/state.ts';

export interface SaverOptions {
  readonly plan: ReportPlan;
  readonly bootId: string;
  /** What the state file holds now, if there is one. */
  readonly savedText: string | undefined;
  readonly onSave: (text: string) => void;
}

/** Decides when the state is worth writing. */
export interface Saver {
  /** The state as it is now; `isLast` when there will be no other chance. Throws what `onSave` throws: then it counts as unsaved. */
  readonly offer: (state: ReportState, now: Moment, isLast?: boolean) => void;
  /** Another process has written the file meanwhile. */
  readonly replaced: (text: string) => void;
}

/**
 * Memos hold counters of the kernel that grow with nearly every look, and a write costs a child process and a block of the
 * disk. One that is five minutes old does little harm: the successor compares over a longer time.
 */
const MEMOS_EVERY_MS = 5 * 60_000;

/** Writes at once what people were told or will be, and what is only remembered now and then. */
export function createSaver({ plan, bootId, savedText, onSave }: SaverOptions): Saver {
  let text = savedText;
  let told: string | undefined;
  let savedAtMs = -Infinity;
  /** A plain state that the file tells, but for what checks remember. */
  let plainly: ReportState | undefined;
  return {
    offer(state, now, isLast = false) {
      const isTimeForMemos = isLast || now.monotonicMs - savedAtMs >= MEMOS_EVERY_MS;
      if (!isTimeForMemos && plainly !== undefined && isToldAlike(plan, plainly, state, now)) return;
      plainly = undefined;
      const next = saveReport(plan, state, bootId, now);
      const nextTold = saveReport(plan, withoutMemos(state), bootId, now);
      if (next !== text && (nextTold !== told || isTimeForMemos)) {
        onSave(next);
        [text, told, savedAtMs] = [next, nextTold, now.monotonicMs];
      }
      if (isPlain(plan, state, now)) plainly = state;
    },
    replaced(by) {
      [text, told, plainly] = [by, undefined, undefined];
    },
  };
}

/** Nothing is found, missing or too old: time alone changes no word of it. */
function isPlain(plan: ReportPlan, { checks }: ReportState, now: Moment): boolean {
  return plan.checks.every((check) => {
    const state = checks.get(check.name);
    return state !== undefined && state.findings.length === 0 && state.gaps.length === 0 && lostOf({ plan: check, state }, now).length === 0;
  });
}

/** Of two plain states, without making their texts, which is a third of what a look costs. Cautious: false says nothing. */
function isToldAlike(plan: ReportPlan, before: ReportState, after: ReportState, now: Moment): boolean {
  return before.conditions === after.conditions && before.queue === after.queue && isPlain(plan, after, now)
    && plan.checks.every(({ name }) => isAlike(before.checks.get(name), after.checks.get(name)));
}

function isAlike(before: CheckState | undefined, after: CheckState | undefined): boolean {
  return before === after || (before !== undefined && after !== undefined && TOLD_OF_PLAIN.every((key) => before[key] === after[key]));
}

const TOLD_OF_PLAIN = ['notApplicable', 'notApplicableReason', 'appliesNowhere', 'isProven'] as const satisfies readonly (keyof CheckState)[];

function withoutMemos(state: ReportState): ReportState {
  return { ...state, checks: new Map([...state.checks].map(([name, check]) => [name, { ...check, memo: undefined, baseline: undefined }])) };
}
