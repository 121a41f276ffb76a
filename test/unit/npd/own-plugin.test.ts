import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import type { NodeCondition } from '../../support/api-server.ts';
import type { CoreEvent } from '../../support/host-event-protobuf.ts';
import { HOSTS } from '../../support/host-recordings.ts';

interface Entry {
  readonly atMs: number;
  readonly did?: string;
  readonly got?: string;
  readonly patch?: readonly NodeCondition[];
  readonly event?: CoreEvent;
  readonly eventPatch?: Partial<CoreEvent>;
}

const HEARTBEAT_MS = 300_000;
const JITTER_MS = 250;

/** What a person sees of the conditions; the heartbeat time changes with every PATCH. */
function seen(patch: readonly NodeCondition[]): readonly string[] {
  return patch.map(({ type, status, reason, lastTransitionTime }) => `${type}=${status} ${reason} ${lastTransitionTime}`).toSorted();
}

describe('27 minutes of the real host with our own host-inspector', () => {
  for (const host of HOSTS) {
    const path = new URL(`../../npd-host/${host}/own-plugin.json`, import.meta.url).pathname;
    const { timeline } = JSON.parse(readFileSync(path, 'utf8')) as { readonly timeline: readonly Entry[] };

    it(`${host}: PATCHes are heartbeats, the first ones of a host, or changes`, () => {
      let before: { readonly atMs: number; readonly seen: readonly string[] } | undefined;
      for (const { atMs, got, patch } of timeline) {
        if (got === 'node') before = undefined;
        if (patch === undefined) continue;
        const now = { atMs, seen: seen(patch) };
        if (before !== undefined && JSON.stringify(now.seen) === JSON.stringify(before.seen)) assert.isAtLeast(atMs - before.atMs, HEARTBEAT_MS - JITTER_MS);
        before = now;
      }
    });

    it(`${host}: a condition has one transition time for each of its five states, over three restarts of each side`, () => {
      const states = new Set(timeline.flatMap(({ patch = [] }) => seen(patch)));
      const byType = Map.groupBy(states, (state) => state.split('=', 1)[0]);
      assert.deepEqual(byType.get('DiskSpaceLow')?.length, 1);
      const memory = (byType.get('MemoryPressureHigh') ?? []).toSorted((a, b) => transitionOf(a) - transitionOf(b));
      assert.deepEqual(memory.map((state) => state.split(' ', 2).join(' ')), [
        'MemoryPressureHigh=False NodeHasMemoryAvailable', 'MemoryPressureHigh=True MemoryLow',
        'MemoryPressureHigh=False NodeHasMemoryAvailable', 'MemoryPressureHigh=True MemoryLow',
        'MemoryPressureHigh=False NodeHasMemoryAvailable',
      ]);
    });

    it(`${host}: each episode is one event at its begin and one at its end`, () => {
      const reasons = timeline.flatMap(({ event, eventPatch }) => event?.reason ?? (eventPatch === undefined ? [] : [`again: ${eventPatch.count}`]));
      assert.deepEqual(reasons.toSorted(), ['MemoryLow', 'MemoryLow', 'NodeHasMemoryAvailable', 'NodeHasMemoryAvailable', 'OOMKilling']);
    });
  }
});

function transitionOf(state: string): number {
  return Date.parse(state.split(' ')[2] ?? '');
}
