import type { Check, Look } from './check.ts';
import type { Clock } from './clock.ts';
import type { ConditionSpec } from './conditions.ts';
import { messageOf } from './errors.ts';
import type { Logger } from './log.ts';
import { conditionsOf, eventsDelivered, recordLook, settle, startReport } from './report/report.ts';
import { enqueue } from './report/queue.ts';
import { restoreReport, saveReport } from './report/save.ts';
import type { Moment, ReportPlan, ReportState } from './report/state.ts';
import { createSampler } from './sampler.ts';
import { type SettingsOf, type SettingsTable, overrideSettings } from './settings.ts';
import { type Answer, type Condition, type Monitor, type MonitorStatus, PEEK_PARAMETER, RESERVED_PARAMETER_PREFIX } from './status.ts';

/** A plugin as data: what it checks, what it can say, what can be set. */
export interface MonitorDefinition<T extends SettingsTable> {
  readonly name: string;
  readonly description: string;
  readonly specs: readonly ConditionSpec[];
  readonly settings: T;
  readonly checks: readonly Check<SettingsOf<T>>[];
}

export interface MonitorOptions<T extends SettingsTable> {
  readonly definition: MonitorDefinition<T>;
  readonly version: string;
  readonly root: string;
  readonly configured: SettingsOf<T>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** The kernel's boot id, or undefined when it cannot be read: then nothing is taken over from before. */
  readonly bootId: string | undefined;
  /** State file of a predecessor, if there is one. */
  readonly savedState?: string | undefined;
  /** One look and no time to wait: findings are raised at once. */
  readonly isSingleLook?: boolean;
  /** Something worth keeping has changed: the new text for the state file. */
  readonly onSave?: (text: string) => void;
  readonly onStop?: () => void;
}

export interface RunningMonitor extends Monitor {
  /** Starts sampling; settles after the first round of looks. */
  readonly start: () => Promise<void>;
  readonly close: () => void;
  /** The last look of each check, with its numbers. */
  readonly looks: () => ReadonlyMap<string, Look>;
  readonly conditions: () => readonly Condition[];
  readonly droppedEventCount: () => number;
}

/** Ties checks, sampler and report together: what `rpc` serves. */
export function createMonitor<T extends SettingsTable>(options: MonitorOptions<T>): RunningMonitor {
  const { definition, clock, log, bootId, root } = options;
  const { name: source, checks, specs } = definition;
  const plan: ReportPlan = { specs, checks, immediate: options.isSingleLook === true };
  const looks = new Map<string, Look>();
  let state = takeUp(plan, options, now(clock));
  let settings = options.configured;
  let said: (Pick<ReportState, 'conditions' | 'queue'> & { readonly status: MonitorStatus }) | undefined;
  let parametersKey = '';
  let savedText = options.savedState;

  function become(next: ReportState): void {
    if (next === state) return;
    logChanges(log, plan, state, next);
    state = next;
    try {
      save();
    } catch (cause) {
      log.warn({ problem: messageOf(cause) }, 'state was not saved, a restart would lose it');
    }
  }

  function save(): void {
    if (bootId === undefined || options.onSave === undefined) return;
    const text = saveReport(plan, state, bootId, now(clock));
    if (text === savedText) return;
    options.onSave(text);
    savedText = text;
  }

  const sampler = createSampler({
    checks,
    clock,
    log,
    random: options.random,
    scene: ({ name }) => ({ root, settings, memo: state.checks.get(name)?.memo }),
    onLook(check, look) {
      looks.set(check.name, look);
      become(recordLook(plan, state, check.name, look, now(clock)));
    },
  });

  function apply(parameters: Readonly<Record<string, string>>): void {
    // Sorted: Go sends a map in another order each time.
    const ours = Object.entries(parameters)
      .filter(([name]) => !name.startsWith(RESERVED_PARAMETER_PREFIX))
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(ours);
    if (ours.length === 0 || key === parametersKey) return;
    parametersKey = key;
    const overridden = overrideSettings(definition.settings, options.configured, Object.fromEntries(ours));
    settings = overridden.settings;
    for (const message of overridden.invalid.slice(0, MOST_COMPLAINTS)) {
      log.warn({ parameter: message }, 'poll parameter not used, the configured value stays');
      const event = { severity: 'info', timestampMs: clock.wallMs(), reason: 'PluginParameterInvalid', message } as const;
      become({ ...state, queue: enqueue(state.queue, event) });
    }
    // Not within this call: the answer waits for no look, not even for the part that runs at once.
    clock.schedule(0, () => sampler.lookNow());
  }

  function checkHealth(parameters: Readonly<Record<string, string>>): Answer {
    const isPeek = Object.hasOwn(parameters, PEEK_PARAMETER);
    if (!isPeek) apply(parameters);
    become(settle(plan, state, now(clock)));
    const { pending } = state.queue;
    const delivered = (): void => {
      if (!isPeek) become(eventsDelivered(state, new Set(pending.map(({ id }) => id))));
    };
    return { status: statusNow(), delivered };
  }

  /** The very same object while nothing has changed, so that nobody need encode it twice. */
  function statusNow(): MonitorStatus {
    if (said?.conditions !== state.conditions || said.queue !== state.queue) {
      const events = state.queue.pending.map(({ severity, timestampMs, reason, message }) => ({ severity, timestampMs, reason, message }));
      said = { conditions: state.conditions, queue: state.queue, status: { source, events, conditions: conditionsOf(plan, state) } };
    }
    return said.status;
  }

  return {
    metadata: {
      name: source,
      version: options.version,
      description: definition.description,
      supportedConditions: specs.map(({ type }) => type),
      capabilities: {},
      apiVersion: 'v1',
    },
    checkHealth,
    stop: () => options.onStop?.(),
    start: () => sampler.start(),
    close: () => sampler.stop(),
    looks: () => looks,
    conditions() {
      become(settle(plan, state, now(clock)));
      return conditionsOf(plan, state);
    },
    droppedEventCount: () => state.queue.droppedCount,
  };
}

/** A client that sends a thousand bad parameters gets this many events. */
const MOST_COMPLAINTS = 8;

function now(clock: Clock): Moment {
  return { wallMs: Math.trunc(clock.wallMs()), monotonicMs: clock.monotonicMs() };
}

function takeUp<T extends SettingsTable>(plan: ReportPlan, options: MonitorOptions<T>, at: Moment): ReportState {
  const fresh = startReport(plan, at);
  const { savedState, bootId, log } = options;
  if (savedState === undefined || bootId === undefined) return fresh;
  try {
    return restoreReport(plan, fresh, savedState, bootId, at);
  } catch (cause) {
    log.warn({ problem: messageOf(cause) }, 'state file is not usable, starting afresh; transition times begin now');
    return fresh;
  }
}

function logChanges(log: Logger, plan: ReportPlan, before: ReportState, after: ReportState): void {
  for (const { type } of plan.specs) {
    const [was, is] = [before.conditions.get(type), after.conditions.get(type)];
    if (is === undefined || (was?.status === is.status && was.reason === is.reason)) continue;
    log.info({ condition: type, status: is.status, reason: is.reason, detail: is.message }, 'condition changed');
  }
}
