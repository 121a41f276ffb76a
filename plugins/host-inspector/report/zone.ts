import type { DiskLooks } from './disk-looks.ts';
import type { Value } from './fields.ts';
import { stateOf, told, untold } from './values.ts';

const SOURCE = '/etc/localtime';

/** As the tz database names its zones: `Europe/Berlin`, `Etc/GMT+3`. */
const NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/;

/**
 * The host's time zone: what /etc/localtime links to, see localtime(5); where it is a copy, what /etc/timezone says. Without
 * both a host keeps UTC.
 */
export function zoneOf({ localtime, etc }: Pick<DiskLooks, 'localtime' | 'etc'>): Value<string, ''> {
  const [, linked] = localtime.kind === 'ok' ? (/(?:^|\/)zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(localtime.value?.target ?? '') ?? []) : [];
  if (linked !== undefined && NAME.test(linked)) return told('', linked, SOURCE);
  const file = etc('etc/timezone');
  const named = file.kind === 'ok' ? file.value.trim() : '';
  if (NAME.test(named)) return told('', named, '/etc/timezone');
  if (localtime.kind !== 'ok') return untold('', SOURCE, stateOf(localtime.kind), localtime.message);
  if (localtime.value === undefined) return told('', 'UTC', SOURCE, `${SOURCE}: no such file`);
  return untold('', SOURCE, 'unsupported', `${SOURCE}: a copy that does not name its zone`);
}

const UTC: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'Etc/UCT', 'Universal', 'Zulu', 'UCT']);

/** `2026-02-09T18:38:22+08:00`. Throws RangeError for a zone that Node.js does not know. Pure. */
export function localTime(ms: number, timeZone: string): string {
  // Most nodes; and the tables of all zones take 15 ms to load.
  if (UTC.has(timeZone)) return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'longOffset',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}
