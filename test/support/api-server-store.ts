import type { CoreEvent } from './host-event-protobuf.ts';

export interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime: string | null;
  readonly lastHeartbeatTime: string;
}

/** What a server holds; one may begin with what another one, or a recording, ended with. */
export interface ApiStore {
  readonly conditions: Map<string, NodeCondition>;
  readonly events: Map<string, CoreEvent>;
}

/** Strategic merge of node conditions: the list is keyed by `type`; what a patch does not name stays. */
export function mergeConditions({ conditions }: ApiStore, patch: readonly NodeCondition[]): void {
  for (const condition of patch) conditions.set(condition.type, { ...conditions.get(condition.type), ...condition });
}

/** Its metadata stays; false if there is no such event. */
export function mergeEvent({ events }: ApiStore, name: string, patch: Partial<CoreEvent>): boolean {
  const before = events.get(name);
  if (before !== undefined) events.set(name, { ...before, ...patch, metadata: before.metadata });
  return before !== undefined;
}
