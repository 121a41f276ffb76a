import { assert } from 'chai';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import type { EventWrite } from '../../../plugins/npd/events.ts';
import { advance, createHostModel, receive, type HostModel, type Step } from '../../../plugins/npd/host-model.ts';
import { asNodeCondition, type NodeCondition } from '../../../plugins/npd/node-condition.ts';
import type { Patch } from '../../../plugins/npd/patch.ts';
import type { Recording } from '../../support/host-recorder.ts';
import { asHostReads, HOSTS, recordings } from '../../support/host-recordings.ts';

type WrittenCondition = Omit<NodeCondition, 'lastHeartbeatTime' | 'status'> & { readonly status: string };

interface Written {
  readonly patches: readonly (readonly WrittenCondition[])[];
  readonly events: readonly unknown[];
}

/** The host's timer ticks once per second, and a tick that comes a moment early misses the end of a heartbeat period. */
const TICK_MS = 1_000;
const JITTER_MS = 250;

const HEARTBEAT_FLAG = /--k8s-exporter-heartbeat-period=(\d+)ms/;

describe('the model writes what the real host wrote', () => {
  for (const host of HOSTS) {
    for (const folder of ['replies', 'lifecycle'] as const) {
      for (const recording of recordings(host, folder)) {
        if (recording.name === 'API-server-fails') continue; // refused writes are not part of the model
        it(`${host} ${folder}: ${recording.shows}`, () => {
          const model = replay(recording);
          const host = written(recording);
          assert.deepEqual(model.written, host);
          const times = patchTimes(recording);
          for (const [index, { atMs, cause }] of model.patches.entries()) {
            const [since = 0, hostSince = 0] = cause === 'heartbeat' ? [model.patches[index - 1]?.atMs, times[index - 1]] : [];
            assert.closeTo(atMs - since, (times[index] ?? NaN) - hostSince, TICK_MS + JITTER_MS, `time of PATCH ${index}`);
          }
        });
      }
    }
  }
});

function written({ timeline, startedAtMs }: Recording): Written {
  return {
    patches: timeline.flatMap((entry) => ('patch' in entry ? [inOrder(entry.patch.map(withoutClock(startedAtMs)))] : [])),
    events: timeline.flatMap((entry): unknown[] => {
      if ('event' in entry) {
        const { source, type, reason, message, count } = entry.event;
        return [{ kind: 'create', source: source.component ?? '', type, reason, message, count }];
      }
      return 'eventPatch' in entry && entry.status === undefined ? [{ kind: 'update', message: entry.eventPatch.message, count: entry.eventPatch.count }] : [];
    }),
  };
}

function patchTimes({ timeline }: Recording): readonly number[] {
  return timeline.flatMap((entry) => ('patch' in entry ? [entry.atMs] : []));
}

interface Replay {
  readonly written: Written;
  readonly patches: readonly Pick<Patch, 'atMs' | 'cause'>[];
}

function replay(recording: Recording): Replay {
  const { config } = readHostConfig(JSON.stringify(recording.config));
  assert.isDefined(config);
  const heartbeatMs = recording.flags.map((flag) => HEARTBEAT_FLAG.exec(flag)?.[1]).map(Number)[0] ?? 300_000;
  let model: HostModel | undefined;
  const patches: Patch[] = [];
  const events: EventWrite[] = [];
  const take = (step: Step): void => {
    model = step.model;
    patches.push(...step.patches);
    events.push(...step.events);
  };
  for (const entry of recording.timeline) {
    const nowMs = recording.startedAtMs + entry.atMs;
    if ('got' in entry) model = createHostModel([config], nowMs, heartbeatMs);
    if (model === undefined) continue;
    if ('did' in entry && /(SIGTERM|kill -9) host/.test(entry.did)) {
      take(advance(model, nowMs));
      model = undefined;
      continue;
    }
    const reply = 'answered' in entry && entry.isCancelled === undefined ? recording.script.steps[entry.answered]?.reply : undefined;
    take(reply === undefined ? advance(model, nowMs) : receive(model, asHostReads(reply), nowMs));
  }
  if (model !== undefined) take(advance(model, recording.startedAtMs + (recording.timeline.at(-1)?.atMs ?? 0) + JITTER_MS));
  return {
    patches: patches.map(({ atMs, cause }) => ({ atMs: atMs - recording.startedAtMs, cause })),
    written: {
      patches: patches.map(({ conditions, atMs }) => inOrder(conditions.map((condition) => withoutClock(recording.startedAtMs)(asNodeCondition(condition, atMs))))),
      events: events.filter(({ kind }) => kind !== 'drop').map(({ kind, source, type, reason, message, count }) =>
        (kind === 'create' ? { kind, source, type, reason, message, count } : { kind, message, count })),
    },
  };
}

/** Scripted transitions are long before the recording: a later one is that of the initial status, read from the host's clock. */
function withoutClock(startedAtMs: number): (condition: WrittenCondition) => WrittenCondition {
  return ({ type, status, lastTransitionTime, ...texts }) => {
    const isInitial = lastTransitionTime !== null && Date.parse(lastTransitionTime) >= startedAtMs - 1_000;
    const { reason, message } = texts;
    const kept = { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
    return { type, status, ...kept, lastTransitionTime: isInitial ? 'start of the host' : lastTransitionTime };
  };
}

/** The host writes its conditions in the random order of a Go map. */
function inOrder(conditions: readonly WrittenCondition[]): readonly WrittenCondition[] {
  return conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1));
}
