import type { Check, Look, LookEvent, Reading } from '../../core/check.ts';
import { cutToBytes, oneLine, withoutPercent } from '../../core/text.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { type MemoryController, type MemoryErrors, readMemoryControllers } from '../../linux/sys/edac.ts';
import { decodeHistory, encodeHistory, growth, growthWithinHour, mayTell, remember } from '../memory/error-window.ts';
import type { HostSettings } from '../settings.ts';

const FOLDER = '/sys/devices/system/edac/mc';

/** Events of one look. */
const MOST_EVENTS = 4;

/** Does memory with ECC fail? What it could not correct since its driver was loaded, and how often it had to correct within the last hour. */
export const memoryErrors: Check<HostSettings> = {
  name: 'memory-errors',
  condition: 'HardwareFault',
  periodMs: 60_000,
  timeoutMs: 5_000,
  look({ root, settings: { correctableErrorsMaxPerHour }, memo }) {
    const controllers = readMemoryControllers(root);
    if (controllers.length === 0) return { verdicts: [notApplicable(`errors of memory (no controller in ${FOLDER})`)] };
    const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime', { maxBytes: 4096 })));
    return judge(placesOf(controllers), uptimeMs, correctableErrorsMaxPerHour, memo);
  },
};

/** What errors are counted for: a module, or the controller for those of which no module is known. */
interface Place extends MemoryErrors {
  /** `mc0/dimm3` or `mc0` */
  readonly name: string;
  /** For people. */
  readonly subject: string;
}

/** Pure. */
function placesOf(controllers: readonly MemoryController[]): readonly Place[] {
  return controllers.flatMap(({ name: controller, modules, correctable, uncorrectable }) => {
    const places = modules.map((module): Place => {
      const name = `${controller}/${module.name}`;
      const label = cutToBytes(oneLine(module.label), 64);
      return { ...module, name, subject: `memory module ${label === '' ? name : `${label} (${name})`}` };
    });
    const of = (kind: keyof MemoryErrors): number => places.reduce((sum, place) => sum + place[kind], 0);
    // Counted one after the other, so a module may be ahead by one.
    const rest = { correctable: Math.max(0, correctable - of('correctable')), uncorrectable: Math.max(0, uncorrectable - of('uncorrectable')) };
    return [...places, { name: controller, subject: `memory of ${controller}`, ...rest }];
  });
}

/** Pure. */
function judge(places: readonly Place[], uptimeMs: number, maxPerHour: number, memo: unknown): Look {
  const history = decodeHistory(memo);
  const now = { uptimeMs, counts: new Map(places.flatMap(({ name, correctable }) => (correctable > 0 ? [[name, correctable]] : []))) };
  const withinHour = growthWithinHour(history, now);
  const isTooOften = ({ name }: Place): boolean => (withinHour.get(name) ?? 0) > maxPerHour;
  const verdicts = places.flatMap((place): readonly Verdict[] => [
    ...(place.uncorrectable > 0
      ? [problem('UncorrectableMemoryError', place.subject, `${place.subject}: uncorrectable errors since the boot (${FOLDER}/${place.name})`)]
      : []),
    ...(isTooOften(place)
      ? [problem('CorrectableMemoryErrorRateHigh', place.subject, `${place.subject}: more than ${maxPerHour} correctable errors within an hour (${FOLDER}/${place.name})`)]
      : []),
  ]);
  const news = mayTell(history, now) && history !== undefined ? growth(history.told.counts, now.counts) : new Map<string, number>();
  return {
    verdicts: verdicts.length > 0 ? verdicts : [healthy],
    // What the condition says need not be said twice.
    events: eventsOf(places.filter((place) => !isTooOften(place)), news),
    memo: encodeHistory(remember(history, now, news.size > 0)),
    readings: places.flatMap(({ name, subject, correctable, uncorrectable }): readonly Reading[] => {
      const source = `${FOLDER}/${name}`;
      return [
        { name: 'correctable_memory_errors', subject, value: correctable, unit: 'count', source },
        { name: 'correctable_memory_errors_last_hour', subject, value: withinHour.get(name) ?? 0, unit: 'count', source },
        { name: 'uncorrectable_memory_errors', subject, value: uncorrectable, unit: 'count', source },
      ];
    }),
  };
}

function eventsOf(places: readonly Place[], news: ReadonlyMap<string, number>): readonly LookEvent[] {
  const events = places.flatMap(({ name, subject }): readonly LookEvent[] => {
    const count = news.get(name) ?? 0;
    if (count === 0) return [];
    const message = `${subject}: ${count} correctable ${count === 1 ? 'error' : 'errors'} since the last report (${FOLDER}/${name})`;
    return [{ severity: 'info', reason: 'CorrectableMemoryErrors', message: withoutPercent(message) }];
  });
  return events.slice(0, MOST_EVENTS);
}
