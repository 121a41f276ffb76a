import { awakeClock } from './awake-clock.ts';
import type { Check, Look } from './check.ts';
import type { Clock } from './clock.ts';
import type { ConditionSpec } from './conditions.ts';
import { messageOf } from './errors.ts';
import type { Logger } from './log.ts';
import { conditionsOf, eventsDelivered, isNews, raisedReasons, recordLook, settle, startReport } from './report/report.ts';
import { enqueue } from './report/queue.ts';
import { restoreReport } from './report/save.ts';
import type { Moment, ReportPlan, ReportState } from './report/state.ts';
import { createParameters } from './parameters.ts';
import { createSampler } from './sampler.ts';
import { type Saver, createSaver } from './saver.ts';
import type { SettingsOf, SettingsTable } from './settings.ts';
import { type MonitorStatistics, createTally } from './statistics.ts';
import { type Answer, type Condition, type Monitor, type MonitorStatus, PEEK_PARAMETER } from './status.ts';

/** A plugin as data: what it checks, what it can say, what can be set. */
export interface MonitorDefinition<T extends SettingsTable> {
  readonly name: string;
  readonly description: string;
  readonly specs: readonly ConditionSpec[];
  readonly settings: T;
  readonly checks: readonly Check<SettingsOf<T>>[];
  /** Settings are read one by one: throws ConfigError naming the setting where they do not fit together. Asked of what is configured, before anything starts. */
  readonly refuseMisfits?: (settings: SettingsOf<T>) => void;
  /** What the plugin may see of the host below this root: one line for the log when it is served, and the facts behind it. Must not throw. */
  readonly selfTest?: (root: string) => Promise<{ readonly message: string; readonly details: object; readonly isWarning?: boolean }>;
}

/** The same without the checks that only tell events: for a single look at the conditions. */
export function withoutEvents<T extends SettingsTable>(definition: MonitorDefinition<T>): MonitorDefinition<T> {
  return { ...definition, checks: definition.checks.filter(({ condition }) => condition !== undefined) };
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
  /** Starts sampling; settles after the first look of every check, or with `slowLater` of every one that is not slow. */
  readonly start: (slowLater?: boolean) => Promise<void>;
  readonly close: () => void;
  /** The last look of each check, with its numbers. */
  readonly looks: () => ReadonlyMap<string, Look>;
  readonly conditions: () => readonly Condition[];
  /** What is known and was done up to now; made when asked for. */
  readonly statistics: () => MonitorStatistics;
  /** Another process serves in our place and tells the events: ours are dropped. */
  readonly standBy: () => void;
  /** Goes on from the state file of another process that served in our place meanwhile. */
  readonly takeOver: (savedState: string) => void;
}

/** Ties checks, sampler and report together: what `rpc` serves. */
export function createMonitor<T extends SettingsTable>(options: MonitorOptions<T>): RunningMonitor {
  const { definition, clock, log, root } = options;
  const { name: source, checks, specs } = definition;
  const plan: ReportPlan = { specs, checks, immediate: options.isSingleLook === true };
  const looks = new Map<string, Look>();
  const tally = createTally();
  const awake = awakeClock(clock);
  const now = (): Moment => ({ wallMs: Math.trunc(clock.wallMs()), monotonicMs: awake.monotonicMs() });
  let state = restored(plan, options, options.savedState, now()) ?? startReport(plan, now());
  let said: (Pick<ReportState, 'conditions' | 'queue'> & { readonly status: MonitorStatus }) | undefined;
  const saver = saverOf(plan, options);

  function become(next: ReportState): void {
    if (next === state) return;
    logChanges(log, plan, state, next);
    tally.queued(state.queue, next.queue);
    state = next;
    save(false);
  }

  function save(isLast: boolean): void {
    try {
      saver?.offer(state, now(), isLast);
    } catch (cause) {
      log.warn({ problem: messageOf(cause) }, 'state was not saved, a restart would lose it');
    }
  }

  const sampler = createSampler({
    checks,
    clock,
    log,
    random: options.random,
    scene: ({ name }) => ({ root, settings: parameters.settings(), memo: state.checks.get(name)?.memo, baseline: state.checks.get(name)?.baseline }),
    isNews: ({ name }, problem, inMs) => isNews(plan, state, name, problem, now().monotonicMs + inMs),
    onLook(check, look, tookMs) {
      const at = now();
      looks.set(check.name, look);
      tally.looked(check.name, tookMs, at.wallMs);
      become(recordLook(plan, state, check.name, look, at));
    },
  });

  const parameters = createParameters(definition.settings, options.configured, log, (message) => {
    const event = { severity: 'info', timestampMs: clock.wallMs(), reason: 'PluginParameterInvalid', message } as const;
    become({ ...state, queue: enqueue(state.queue, event) });
  });

  /** Gives the number of those that were still there. */
  function forget(events: ReportState['queue']['pending']): number {
    const before = state.queue.pending.length;
    become(eventsDelivered(state, new Set(events.map(({ id }) => id))));
    return before - state.queue.pending.length;
  }

  function checkHealth(sent: Readonly<Record<string, string>>): Answer {
    const isPeek = Object.hasOwn(sent, PEEK_PARAMETER);
    tally.polled(isPeek);
    // Not within this call: the answer waits for no look, not even for the part that runs at once.
    if (!isPeek && parameters.apply(sent)) clock.schedule(0, () => sampler.lookNow());
    become(settle(plan, state, now()));
    const { pending } = state.queue;
    const delivered = (): void => {
      if (!isPeek) tally.sent(forget(pending));
    };
    return { status: statusNow(), delivered };
  }

  function conditions(): readonly Condition[] {
    become(settle(plan, state, now()));
    return conditionsOf(plan, state);
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
    async start(slowLater = false) {
      awake.start();
      await sampler.start(slowLater);
    },
    close() {
      save(true);
      awake.stop();
      sampler.stop();
    },
    standBy: () => void forget(state.queue.pending),
    takeOver(text) {
      saver?.replaced(text);
      state = restored(plan, options, text, now()) ?? state;
      sampler.lookNow();
    },
    looks: () => looks,
    conditions,
    statistics() {
      const known = conditions();
      const at = now();
      return {
        monitor: source,
        ...tally.polls(),
        events: tally.events(state.queue),
        checks: checks.map((check) => tally.check(check, looks.get(check.name))),
        conditions: specs.flatMap((spec) => known.filter(({ type }) => type === spec.type)
          .map((condition) => ({ condition, spec, raisedReasons: raisedReasons(plan, state, spec, at) }))),
      };
    },
  };
}

/** Without the boot id nobody could tell what a state is good for. */
function saverOf<T extends SettingsTable>(plan: ReportPlan, { bootId, savedState, onSave }: MonitorOptions<T>): Saver | undefined {
  return bootId === undefined || onSave === undefined ? undefined : createSaver({ plan, bootId, savedText: savedState, onSave });
}

/** What a predecessor knew, or undefined with a warning if there is nothing that can be used. */
function restored<T extends SettingsTable>(plan: ReportPlan, options: MonitorOptions<T>, text: string | undefined, at: Moment): ReportState | undefined {
  const { bootId, log } = options;
  if (text === undefined || bootId === undefined) return undefined;
  try {
    return restoreReport(plan, startReport(plan, at), text, bootId, at);
  } catch (cause) {
    log.warn({ problem: messageOf(cause) }, 'state file is not usable, starting afresh; transition times begin now');
    return undefined;
  }
}

function logChanges(log: Logger, plan: ReportPlan, before: ReportState, after: ReportState): void {
  const { droppedCount } = after.queue;
  if (droppedCount > before.queue.droppedCount) log.warn({ droppedCount }, 'nobody collects our events; the oldest was dropped');
  for (const { type } of plan.specs) {
    const [was, is] = [before.conditions.get(type), after.conditions.get(type)];
    if (is === undefined || (was?.status === is.status && was.reason === is.reason)) continue;
    log.info({ condition: type, status: is.status, reason: is.reason, detail: is.message }, 'condition changed');
  }
}
