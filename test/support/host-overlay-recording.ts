import { readFileSync } from 'node:fs';
import type { Condition } from '../../plugins/core/status.ts';
import { mergeConditions, mergeEvent, type ApiStore, type NodeCondition } from './api-server-store.ts';
import type { CoreEvent } from './host-event-protobuf.ts';
import type { OverlayDigest } from './host-overlay-manifest.ts';

/** What happened, `atMs` after the host first asked for its node; see test/npd-host/README.md. */
export interface OverlayEntry {
  readonly atMs: number;
  readonly did?: string;
  readonly ended?: string;
  readonly got?: 'node';
  readonly told?: string;
  readonly conditions?: readonly Condition[];
  readonly patch?: readonly NodeCondition[];
  readonly event?: CoreEvent;
  readonly eventPatch?: Partial<CoreEvent>;
  /** Of an `eventPatch` the event's name, of a `log` the container. */
  readonly of?: string;
  readonly log?: string;
  readonly health?: Readonly<Record<string, string>>;
  readonly metrics?: readonly string[];
  readonly problems?: readonly string[];
}

export interface OverlayRecording extends OverlayDigest {
  readonly host: string;
  readonly overlay: string;
  readonly addedFlags: readonly string[];
  readonly startedAtMs: number;
  readonly timeline: readonly OverlayEntry[];
}

const ROOT = new URL('../npd-host/', import.meta.url).pathname;

export function overlayRecording(host: string, overlay: string): OverlayRecording {
  return JSON.parse(readFileSync(`${ROOT}${host}/overlays/${overlay}.json`, 'utf8')) as OverlayRecording;
}

/** What `kubectl describe node` printed in a recording: its conditions and events. */
export function describedInRecording(host: string, overlay: string): string {
  return readFileSync(`${ROOT}${host}/overlays/describe-${overlay}.txt`, 'utf8');
}

/** Conditions and Events of what `kubectl describe node` prints. */
export function describePart(text: string): string {
  const [conditions] = /^Conditions:\n(?: .*\n)+/m.exec(text) ?? [''];
  const [events] = /^Events:.*\n(?: .*\n)*/m.exec(text) ?? [''];
  return `${conditions}${events}`;
}

/** What the API server held when the recording came to the entry that `isEnd` names. */
export function storeAt({ timeline }: OverlayRecording, isEnd: (entry: OverlayEntry) => boolean): ApiStore {
  const store: ApiStore = { conditions: new Map(), events: new Map() };
  const end = timeline.findIndex(isEnd);
  if (end < 0) throw new Error('the recording has no such entry');
  for (const { patch, event, eventPatch, of } of timeline.slice(0, end)) {
    mergeConditions(store, patch ?? []);
    if (event !== undefined) store.events.set(event.metadata.name, event);
    if (eventPatch !== undefined) mergeEvent(store, of ?? '', eventPatch);
  }
  return store;
}
