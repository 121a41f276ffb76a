import type { Look } from '../../../../plugins/core/check.ts';
import type { ConditionSpec } from '../../../../plugins/core/conditions.ts';
import { conditionsOf, recordLook, settle, startReport } from '../../../../plugins/core/report/report.ts';
import { restoreReport, saveReport } from '../../../../plugins/core/report/save.ts';
import type { Moment, ReportPlan, ReportState } from '../../../../plugins/core/report/state.ts';
import type { Condition } from '../../../../plugins/core/status.ts';
import type { Verdict } from '../../../../plugins/core/verdict.ts';

export const PERIOD_MS = 30_000;
export const RAISE_MS = 90_000;
export const CLEAR_MS = 120_000;

/** `DiskFull` is a hard fact that clears at once, `DiskSlow` a pressure. */
export const diskSpec: ConditionSpec = {
  type: 'DiskLow',
  polarity: 'problem',
  reasons: [
    { reason: 'DiskFull', severity: 'warn', reads: '', limit: '', advice: '', raiseAfterMs: 0, clearAfterMs: 0, privilege: 'a' },
    { reason: 'DiskSlow', severity: 'info', reads: '', limit: '', advice: '', raiseAfterMs: RAISE_MS, clearAfterMs: CLEAR_MS, privilege: 'a' },
  ],
  healthy: { reason: 'DiskIsFine', message: 'disks are fine' },
  unknownReason: 'DiskUnknown',
  notApplicableReason: 'NoDisk',
};

/** A roll-up: True means healthy. */
export const netSpec: ConditionSpec = {
  type: 'NetVerified',
  polarity: 'positive',
  reasons: [{ reason: 'NetDown', severity: 'warn', reads: '', limit: '', advice: '', raiseAfterMs: 0, clearAfterMs: 0, privilege: 'a' }],
  healthy: { reason: 'NetIsVerified', message: 'the network answers' },
  unknownReason: 'NetUnknown',
  notApplicableReason: 'NoNet',
};

export const plan: ReportPlan = {
  specs: [diskSpec, netSpec],
  checks: [
    { name: 'space', condition: 'DiskLow', periodMs: PERIOD_MS },
    { name: 'speed', condition: 'DiskLow', periodMs: PERIOD_MS },
    { name: 'net', condition: 'NetVerified', periodMs: PERIOD_MS },
  ],
  immediate: false,
};

export const START_WALL_MS = Date.UTC(2026, 0, 31, 3);

/** A report that lives through what a test tells. */
export interface Story {
  readonly pass: (ms: number) => void;
  readonly jumpWall: (byMs: number) => void;
  readonly look: (check: string, ...verdicts: readonly Verdict[]) => void;
  readonly lookWith: (check: string, look: Look) => void;
  readonly state: () => ReportState;
  readonly now: () => Moment;
  readonly conditions: () => readonly Condition[];
  /** The disk condition, or the one named. */
  readonly condition: (type?: string) => Condition;
  /** `status reason: message` of it. */
  readonly told: (type?: string) => string;
  /** `severity reason: message` of every event that was not collected. */
  readonly events: () => readonly string[];
  /** Ends this process and starts another one after `ms`. */
  readonly restart: (ms?: number) => void;
}

export function story(of: ReportPlan = plan): Story {
  let monotonicMs = 1_000;
  let wallOffsetMs = START_WALL_MS - monotonicMs;
  const now = (): Moment => ({ wallMs: monotonicMs + wallOffsetMs, monotonicMs });
  let state = startReport(of, now());

  const settled = (): ReportState => {
    state = settle(of, state, now());
    return state;
  };
  const lookWith = (check: string, look: Look): void => {
    state = recordLook(of, state, check, look, now());
  };
  const condition = (type = 'DiskLow'): Condition => {
    const found = conditionsOf(of, settled()).find((one) => one.type === type);
    if (found === undefined) throw new Error(`no condition ${type}`);
    return found;
  };
  return {
    pass: (ms) => void (monotonicMs += ms),
    jumpWall: (byMs) => void (wallOffsetMs += byMs),
    look: (check, ...verdicts) => lookWith(check, { verdicts }),
    lookWith,
    state: settled,
    now,
    conditions: () => conditionsOf(of, settled()),
    condition,
    told(type) {
      const { status, reason, message } = condition(type);
      return `${status} ${reason}: ${message}`;
    },
    events: () => settled().queue.pending.map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`),
    restart(ms = 0) {
      const text = saveReport(of, settled(), 'this-boot', now());
      const wallMs = now().wallMs + ms;
      monotonicMs = 77;
      wallOffsetMs = wallMs - monotonicMs;
      state = restoreReport(of, startReport(of, now()), text, 'this-boot', now());
    },
  };
}
