import type { NodeCondition } from '../../plugins/npd/node-condition.ts';
import type { OverlayRecording } from './host-overlay-recording.ts';

/** Of a configuration file. */
export function typesOf(text: string): readonly string[] {
  return (JSON.parse(text) as { readonly conditions?: readonly { readonly type: string }[] }).conditions?.map(({ type }) => type) ?? [];
}

/** As the host, or the model of it, writes one. */
export type WrittenCondition = Omit<NodeCondition, 'lastHeartbeatTime' | 'status'> & { readonly status: string };

/** The states a condition went through, heartbeats left out. */
export function statesOf(patches: readonly (readonly WrittenCondition[])[], wanted: string): readonly string[] {
  const states = patches.flatMap((patch) => patch.filter(({ type }) => type === wanted)
    .map(({ status, reason, message, lastTransitionTime }) => `${status} ${reason} ${lastTransitionTime} ${message}`));
  return states.filter((state, index) => state !== states[index - 1]);
}

export function shortStates(patches: readonly (readonly WrittenCondition[])[], type: string): readonly string[] {
  return statesOf(patches, type).map((state) => state.split(' ', 2).join(' '));
}

export function patchesOf({ timeline }: OverlayRecording): readonly (readonly WrittenCondition[])[] {
  return timeline.flatMap(({ patch }) => (patch === undefined ? [] : [patch]));
}
