import type { Table, Value } from '../../../plugins/host-inspector/report/fields.ts';
import type { SectionName, SectionOf } from '../../../plugins/host-inspector/report/model.ts';
import { type Cell, NO_LIMIT, cellOf, shown } from './cell.ts';

export interface Fact {
  readonly label: string;
  readonly cell: Cell;
}

/** Values that say more together: one row in the place of the first, as long as all of them are known. */
interface Group {
  readonly label: string;
  readonly keys: readonly string[];
  readonly say: (texts: Readonly<Record<string, string>>) => string;
  /** Whose share is drawn, where `say` begins with it. */
  readonly percent?: string;
}

function group<N extends SectionName, K extends keyof SectionOf<N> & string>(
  _section: N, label: string, keys: readonly K[], say: (texts: Readonly<Record<K, string>>) => string, percent?: NoInfer<K>,
): Group {
  return { label, keys, say, ...(percent === undefined ? {} : { percent }) };
}

const GROUPS: Partial<Readonly<Record<SectionName, readonly Group[]>>> = {
  resources: [
    group('resources', 'CPU', ['cpuCores', 'cpuUsed', 'cpuUsedPercent'], ({ cpuCores, cpuUsed, cpuUsedPercent }) => `${cpuUsedPercent}: ${cpuUsed} of ${cpuCores}`, 'cpuUsedPercent'),
    group('resources', 'Load (1, 5, 15 min)', ['load1', 'load5', 'load15'], ({ load1, load5, load15 }) => `${load1}, ${load5}, ${load15}`),
    group('resources', 'Memory', ['memoryTotal', 'memoryAvailable', 'memoryUsed', 'memoryUsedPercent'],
      ({ memoryTotal, memoryAvailable, memoryUsed, memoryUsedPercent }) => `${memoryUsedPercent}: ${memoryUsed} of ${memoryTotal}, ${memoryAvailable} available`, 'memoryUsedPercent'),
    group('resources', 'Swap', ['swapEnabled', 'swapTotal', 'swapUsed', 'swapUsedPercent'],
      ({ swapEnabled, swapTotal, swapUsed, swapUsedPercent }) => (swapEnabled === 'no' ? 'none' : `${swapUsedPercent}: ${swapUsed} of ${swapTotal}`), 'swapUsedPercent'),
    group('resources', 'Pressure, last 60 s', ['cpuPressure', 'memoryPressure', 'ioPressure'],
      ({ cpuPressure, memoryPressure, ioPressure }) => `CPU ${cpuPressure}, memory ${memoryPressure}, I/O ${ioPressure}`),
  ],
  filesystems: [group('filesystems', 'All disks', ['total', 'used'], ({ total, used }) => `${used} of ${total} in use`)],
  kernel: [
    group('kernel', 'Connections tracked', ['conntrackEntries', 'conntrackMax', 'conntrackUsedPercent'],
      ({ conntrackEntries, conntrackMax, conntrackUsedPercent }) => `${conntrackUsedPercent}: ${conntrackEntries} of ${conntrackMax}`, 'conntrackUsedPercent'),
  ],
  stability: [group('stability', 'Open files', ['fileHandles', 'fileHandlesMax'], ({ fileHandles, fileHandlesMax }) => (fileHandlesMax === NO_LIMIT ? `${fileHandles}, ${NO_LIMIT}` : `${fileHandles} of ${fileHandlesMax}`))],
};

/** A row for each value of a section that is no list, and one for each group of them. What is in no group has its own, so that no field is forgotten. */
export function factsOf(name: SectionName, table: Table, values: Readonly<Record<string, Value>>): readonly Fact[] {
  const single = Object.entries(table).filter(([, { columns }]) => columns === undefined);
  const groups = (GROUPS[name] ?? []).filter(({ keys }) => keys.every((key) => values[key] !== undefined && shown(values[key])));
  return single.flatMap(([key, { label }]): readonly Fact[] => {
    const value = values[key];
    const known = groups.find(({ keys }) => keys.includes(key));
    if (known !== undefined) return known.keys[0] === key ? [{ label: known.label, cell: together(known, values) }] : [];
    return value === undefined ? [] : [{ label, cell: cellOf(value) }];
  });
}

function together({ keys, say, percent }: Group, values: Readonly<Record<string, Value>>): Cell {
  const cells = Object.fromEntries(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, cellOf(values[key])]])));
  const text = say(Object.fromEntries(Object.entries(cells).map(([key, cell]) => [key, cell.text])));
  const share = percent === undefined || !text.startsWith(cells[percent]?.text ?? '') ? undefined : cells[percent]?.percent;
  return { text, tone: 'plain', ...(share === undefined ? {} : { percent: share }) };
}
