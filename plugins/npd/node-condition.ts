import type { Condition } from '../core/status.ts';

/** A condition as it stands in `status.conditions` of the Node object. */
export interface NodeCondition {
  readonly type: string;
  readonly status: Condition['status'];
  readonly lastHeartbeatTime: string | null;
  readonly lastTransitionTime: string | null;
  /** Left out when empty; the old text then stays on the node, since the PATCH is merged. */
  readonly reason?: string;
  readonly message?: string;
}

/** Kubernetes keeps whole seconds: two transitions within one second look the same, and are a PATCH all the same. */
export function asNodeCondition({ type, status, transitionMs, reason, message }: Condition, heartbeatMs: number): NodeCondition {
  const texts = { ...(reason === '' ? {} : { reason }), ...(message === '' ? {} : { message }) };
  return { type, status, lastHeartbeatTime: asKubernetesTime(heartbeatMs), lastTransitionTime: asKubernetesTime(transitionMs), ...texts };
}

/** Go's zero time, the beginning of year 1, becomes null. */
const ZERO_TIME_MS = -62_135_596_800_000;

function asKubernetesTime(ms: number): string | null {
  if (ms === ZERO_TIME_MS) return null;
  return new Date(Math.floor(ms / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
