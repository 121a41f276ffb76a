/**
 * What Node Problem Detector would write to its node, as a pure function of the replies it gets and of time:
 *
 *     let model = createHostModel([config], nowMs);
 *     // for every reply of a plugin
 *     const step = receive(model, reply, nowMs);
 *     model = step.model;          // step.patches, step.events: what was written since the last call
 *     // and whenever one wants to know of heartbeats and pending changes
 *     const later = advance(model, nowMs);
 *
 * Time never goes back; a day without change costs no more than its 288 heartbeats. Writes that the API server refuses are
 * not part of the model. `readHostConfigs` (config-files.ts) makes the configurations.
 */
import type { Condition, MonitorStatus } from '../core/status.ts';
import type { HostConfig } from './config.ts';
import { createEventMemory, writeEvents, type EventMemory, type EventWrite } from './events.ts';
import { goesOn } from './forward.ts';
import { initialStatus } from './initial-status.ts';
import { advanceBoard, createBoard, noteConditions, type Board, type Patch } from './patch.ts';

export interface HostModel {
  /** What each monitor last said, in the order of the configurations; at first the initial status. */
  readonly last: readonly (MonitorStatus | undefined)[];
  readonly board: Board;
  readonly memory: EventMemory;
}

export interface Step {
  readonly model: HostModel;
  readonly patches: readonly Patch[];
  /** One for each event of the reply, dropped ones included. */
  readonly events: readonly EventWrite[];
}

/** `--k8s-exporter-heartbeat-period` of the host. */
const HEARTBEAT_MS = 300_000;

/**
 * A host that has just started with these configurations.
 * @param nowMs milliseconds since 1970, as everywhere here
 * @param heartbeatMs the host's heartbeat period
 */
export function createHostModel(configs: readonly HostConfig[], nowMs: number, heartbeatMs: number = HEARTBEAT_MS): HostModel {
  const last = configs.map((config) => initialStatus(config, nowMs));
  const board = noteConditions(createBoard(nowMs, heartbeatMs), last.flatMap((status) => status?.conditions ?? []), true);
  return { last, board, memory: createEventMemory() };
}

/**
 * A reply to CheckHealth has come.
 * @param monitor index of the configuration whose plugin replied
 */
export function receive(model: HostModel, reply: MonitorStatus, nowMs: number, monitor = 0): Step {
  const { model: before, patches } = advance(model, nowMs);
  const last = before.last.with(monitor, reply);
  if (!goesOn(before.last[monitor], reply)) return { model: { ...before, last }, patches, events: [] };
  const { memory, writes } = writeEvents(before.memory, reply, nowMs);
  return { model: { last, memory, board: noteConditions(before.board, reply.conditions, false) }, patches, events: writes };
}

/** Lets time pass. A change shows in the first PATCH after it, up to 1 s later. */
export function advance(model: HostModel, nowMs: number): Step {
  const { board, patches } = advanceBoard(model.board, nowMs);
  return { model: { ...model, board }, patches, events: [] };
}

/** The conditions on the node once the next tick has passed, by first appearance. */
export function nodeConditions({ board }: HostModel): readonly Condition[] {
  return [...new Map([...board.held, ...board.updates]).values()].map(({ condition }) => condition);
}
