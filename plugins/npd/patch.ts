import type { Condition } from '../core/status.ts';

/** One PATCH of the node's status: always all conditions that this host knows. */
export interface Patch {
  /** Milliseconds since 1970; also the `lastHeartbeatTime` of every condition. */
  readonly atMs: number;
  /** `change` when a condition differs from the last PATCH, else `heartbeat`. */
  readonly cause: 'change' | 'heartbeat';
  /** By first appearance; the host sends them in no particular order. */
  readonly conditions: readonly Condition[];
}

/** The conditions of the node as the host holds them, shared by all its monitors. */
export interface Board {
  readonly heartbeatMs: number;
  readonly nextTickMs: number;
  readonly lastPatchMs: number | undefined;
  readonly held: ReadonlyMap<string, Held>;
  readonly updates: ReadonlyMap<string, Held>;
}

interface Held {
  readonly condition: Condition;
  /** Go compares times with their hidden parts: the host's own initial transition equals no transition of a reply. */
  readonly isInitial: boolean;
}

/** The host looks for changes once per second (`updatePeriod` of its condition manager). */
const TICK_MS = 1_000;

/**
 * The condition manager of a host that started at `nowMs` (wall clock): its first tick comes one second later, and what is
 * unchanged is written again every `heartbeatMs`.
 */
export function createBoard(nowMs: number, heartbeatMs: number): Board {
  return { heartbeatMs, nextTickMs: nowMs + TICK_MS, lastPatchMs: undefined, held: new Map(), updates: new Map() };
}

/** Notes conditions for the next tick. Of two for one type the later one counts. */
export function noteConditions(board: Board, conditions: readonly Condition[], isInitial: boolean): Board {
  if (conditions.length === 0) return board;
  const noted = conditions.map((condition): readonly [string, Held] => [condition.type, { condition, isInitial }]);
  return { ...board, updates: new Map([...board.updates, ...noted]) };
}

/** Lets all ticks up to `nowMs` pass. The first tick always writes, even an empty list of conditions. */
export function advanceBoard(board: Board, nowMs: number): { readonly board: Board; readonly patches: readonly Patch[] } {
  const patches: Patch[] = [];
  let current = board;
  while (current.nextTickMs <= nowMs) {
    const atMs = nextWorkMs(current, nowMs);
    if (atMs > nowMs) return { board: { ...current, nextTickMs: atMs }, patches };
    const ticked = tick(current, atMs);
    if (ticked.patch !== undefined) patches.push(ticked.patch);
    current = ticked.board;
  }
  return { board: current, patches };
}

/** The first tick at which there is anything to do, or the first one after `nowMs`: hours without change cost nothing. */
function nextWorkMs({ nextTickMs, updates, lastPatchMs, heartbeatMs }: Board, nowMs: number): number {
  if (updates.size > 0 || lastPatchMs === undefined) return nextTickMs;
  const targetMs = Math.min(lastPatchMs + heartbeatMs, nowMs + 1);
  return nextTickMs + Math.max(0, Math.ceil((targetMs - nextTickMs) / TICK_MS)) * TICK_MS;
}

function tick(board: Board, atMs: number): { readonly board: Board; readonly patch?: Patch } {
  const hasChanged = [...board.updates].some(([type, update]) => !isEqual(board.held.get(type), update));
  const held = new Map([...board.held, ...board.updates]);
  const isDue = board.lastPatchMs === undefined || atMs - board.lastPatchMs >= board.heartbeatMs;
  const after = { ...board, held, updates: new Map<string, Held>(), nextTickMs: atMs + TICK_MS };
  if (!hasChanged && !isDue) return { board: after };
  const conditions = [...held.values()].map(({ condition }) => condition);
  return { board: { ...after, lastPatchMs: atMs }, patch: { atMs, cause: hasChanged ? 'change' : 'heartbeat', conditions } };
}

function isEqual(a: Held | undefined, b: Held): boolean {
  if (a === undefined || a.isInitial !== b.isInitial) return false;
  const [x, y] = [a.condition, b.condition];
  return x.status === y.status && x.transitionMs === y.transitionMs && x.reason === y.reason && x.message === y.message;
}
