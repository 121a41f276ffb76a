import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '../plugins/core/clock.ts';
import { messageOf } from '../plugins/core/errors.ts';
import { NO_LOOK_YET } from '../plugins/core/report/conclude.ts';
import { type Condition, type MonitorMetadata, type MonitorStatus, PEEK_PARAMETER } from '../plugins/core/status.ts';
import type { HostConfig } from '../plugins/npd/config.ts';
import type { EventWrite } from '../plugins/npd/events.ts';
import { type HostModel, advance, createHostModel, nodeConditions, receive } from '../plugins/npd/host-model.ts';
import type { Patch } from '../plugins/npd/patch.ts';
import { type MonitorClient, connect } from '../plugins/rpc/client.ts';

/** The host looks for changes once per second: what a reply leads to is written within this time. */
const HOST_TICK_MS = 1_000;

/** One poll of one monitor, and what the host program would write because of it. */
export interface Poll {
  readonly config: HostConfig;
  readonly atMs: number;
  readonly tookMs: number;
  readonly answer: { readonly kind: 'reply'; readonly status: MonitorStatus } | { readonly kind: 'error'; readonly message: string };
  readonly metadata: MonitorMetadata | undefined;
  readonly patches: readonly Patch[];
  readonly events: readonly EventWrite[];
}

export interface Poller extends Disposable {
  /** Polls the monitor with this index once. Never rejects. */
  readonly poll: (index: number) => Promise<Poll>;
  /** Does it answer, and has it looked at everything? Asks without consuming, and the model never hears of it. */
  readonly hasLooked: (index: number) => Promise<boolean>;
  /** What would stand on the node now. */
  readonly node: () => readonly Condition[];
}

/**
 * Polls monitors as the host program does, in one model of it. Unless `isConsuming` a poll only peeks: the events stay
 * for the real host program, and thresholds are not touched.
 */
export function createPoller(configs: readonly HostConfig[], isConsuming: boolean): Poller {
  const clients: readonly MonitorClient[] = configs.map(({ socketAddress }) => connect(socketAddress));
  const metadata: (MonitorMetadata | undefined)[] = configs.map(() => undefined);
  const sequences = configs.map(() => 0);
  const seen: ReadonlySet<string>[] = configs.map(() => new Set());
  let known: HostModel | undefined;

  async function ask(index: number, isPeek: boolean): Promise<Poll['answer']> {
    const { config, client } = at(index);
    const options = { timeoutMs: config.timeoutMs };
    const peek = isPeek ? { [PEEK_PARAMETER]: '1' } : {};
    try {
      metadata[index] ??= await client.getMetadata(options);
      sequences[index] = (sequences[index] ?? 0) + 1;
      const status = await client.checkHealth({ ...config.pluginParameters, ...peek }, sequences[index], options);
      return { kind: 'reply', status };
    } catch (error) {
      metadata[index] = undefined;
      return { kind: 'error', message: messageOf(error) };
    }
  }

  /** What is only peeked at comes again with each reply, and is news once. */
  function fresh(index: number, status: MonitorStatus): MonitorStatus {
    if (isConsuming) return status;
    const told = seen[index] ?? new Set();
    seen[index] = new Set(status.events.map((event) => JSON.stringify(event)));
    return { ...status, events: status.events.filter((event) => !told.has(JSON.stringify(event))) };
  }

  function at(index: number): { readonly config: HostConfig; readonly client: MonitorClient } {
    const [config, client] = [configs[index], clients[index]];
    if (config === undefined || client === undefined) throw new RangeError(`no monitor ${index}`);
    return { config, client };
  }

  return {
    async poll(index) {
      const { config } = at(index);
      known ??= createHostModel(configs, Date.now());
      const startMs = performance.now();
      const answer = await ask(index, !isConsuming);
      const atMs = Date.now();
      // What it is now: others may have been polled meanwhile.
      const model = known;
      const received = answer.kind === 'reply' ? receive(model, fresh(index, answer.status), atMs, index) : advance(model, atMs);
      const ticked = advance(received.model, atMs + HOST_TICK_MS);
      known = ticked.model;
      return {
        config, atMs, tookMs: performance.now() - startMs, answer, metadata: metadata[index],
        patches: [...received.patches, ...ticked.patches], events: received.events,
      };
    },
    async hasLooked(index) {
      const answer = await ask(index, true);
      return answer.kind === 'reply' && !answer.status.conditions.some(({ status, message }) => status === 'Unknown' && message.includes(NO_LOOK_YET));
    },
    node: () => (known === undefined ? [] : nodeConditions(known)),
    [Symbol.dispose]: () => clients.forEach((client) => client.close()),
  };
}

export interface Rounds {
  readonly poller: Poller;
  readonly index: number;
  readonly intervalMs: number;
  /** Infinity: until the signal. */
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly show: (poll: Poll) => void;
}

/** Polls one monitor at once and then every interval. Gives the last poll, if there was one before the signal. */
export async function pollInRounds({ poller, index, intervalMs, rounds, signal, show }: Rounds): Promise<Poll | undefined> {
  let last: Poll | undefined;
  for (let left = rounds; left > 0 && !signal.aborted; left--) {
    // The interval of NPD's file may be anything.
    if (last !== undefined) await sleep(Math.min(intervalMs, LONGEST_TIMER_MS), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    last = await poller.poll(index);
    show(last);
  }
  return last;
}
