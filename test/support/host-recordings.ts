import { readdirSync, readFileSync } from 'node:fs';
import type { MonitorStatus } from '../../plugins/core/status.ts';
import type { ConfigurationCase } from './host-configurations.ts';
import type { Recording } from './host-recorder.ts';
import type { ScriptedReply } from './scripted-plugin.ts';

/** The two host programs that speak our protocol. */
export const HOSTS = ['npd-ext', 'upstream'] as const;

const ROOT = new URL('../npd-host/', import.meta.url).pathname;

export function configurationCases(host: string): readonly ConfigurationCase[] {
  return (JSON.parse(readFileSync(`${ROOT}${host}/configurations.json`, 'utf8')) as { cases: ConfigurationCase[] }).cases;
}

export function recordings(host: string, folder: 'replies' | 'lifecycle'): readonly (Recording & { readonly name: string })[] {
  return readdirSync(`${ROOT}${host}/${folder}`).toSorted().map((file) => ({
    name: file.replace('.json', ''),
    ...(JSON.parse(readFileSync(`${ROOT}${host}/${folder}/${file}`, 'utf8')) as Recording),
  }));
}

const STATUSES: Readonly<Record<string, 'True' | 'False'>> = { CONDITION_STATUS_TRUE: 'True', CONDITION_STATUS_FALSE: 'False' };

/** A scripted reply as the host reads it from the wire: what is missing or unknown is Unknown, Info and 1970. */
export function asHostReads({ source, events = [], conditions = [] }: ScriptedReply): MonitorStatus {
  return {
    source,
    events: events.map(({ severity, timestampMs = 0, reason, message }) => ({ severity: severity === 'SEVERITY_WARN' ? 'warn' : 'info', timestampMs, reason, message })),
    conditions: conditions.map(({ type, status = '', transitionMs = 0, reason, message }) => ({ type, status: STATUSES[status] ?? 'Unknown', transitionMs, reason, message })),
  };
}
