import { saveReport } from './report/save.ts';
import type { Moment, ReportPlan, ReportState } from './report/state.ts';

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
  return {
    offer(state, now, isLast = false) {
      const next = saveReport(plan, state, bootId, now);
      if (next === text) return;
      const nextTold = saveReport(plan, withoutMemos(state), bootId, now);
      if (nextTold === told && !isLast && now.monotonicMs - savedAtMs < MEMOS_EVERY_MS) return;
      onSave(next);
      [text, told, savedAtMs] = [next, nextTold, now.monotonicMs];
    },
    replaced(by) {
      text = by;
    },
  };
}

function withoutMemos(state: ReportState): ReportState {
  return { ...state, checks: new Map([...state.checks].map(([name, check]) => [name, { ...check, memo: undefined, baseline: undefined }])) };
}
