import { messageOf } from '../../core/errors.ts';
import type { FilesystemAnswer, FilesystemSpace } from '../../linux/filesystem-answer.ts';
import { hasOption } from '../../linux/proc/mountinfo.ts';
import { readHostFilesystems } from '../disk/host-filesystems.ts';
import { nameOf, type Place } from '../disk/place.ts';
import type { Unit, Value } from './fields.ts';
import type { RowOf, SectionOf } from './model.ts';
import type { ReportScene } from './scene.ts';
import { allUntold, percentOf, stateOf, told, untold } from './values.ts';
import { filesystemTable } from './tables/resources.ts';

type Filesystems = SectionOf<'filesystems'>;
type MountRow = RowOf<'filesystems', 'mounts'>;
type Gap = RowOf<'filesystems', 'gaps'>;

/** More would be a list that nobody reads; what is left out is told. */
const MOST_ROWS = 64;

/** A mount and what the table says of it. */
interface Row extends Place {
  readonly role: MountRow['role'];
  readonly isReadOnly: boolean | null;
}

/**
 * Disks and shares of the host, each asked by a child that can be left behind. One that does not answer costs its own
 * numbers and nothing else.
 */
export async function readFilesystems(scene: ReportScene): Promise<Filesystems> {
  let table;
  try {
    table = selectRows(scene);
  } catch (cause) {
    return allUntold(filesystemTable, 'error', messageOf(cause));
  }
  const { rows, file, hidden } = table;
  const asked = rows.slice(0, MOST_ROWS);
  const patience = Promise.withResolvers<'late'>();
  using _timer = setTimeout(() => patience.resolve('late'), scene.diskTimeoutMs);
  const answers = await Promise.all(asked.map(async (row) => await answerOf(row, scene, patience.promise)));
  const mounts = asked.map((row, index) => rowOf(row, answers[index] ?? 'late'));
  const usages = answers.flatMap((answer) => (answer !== 'late' && answer.kind === 'ok' ? [answer] : []));
  const gaps: readonly Gap[] = [
    ...asked.flatMap((row, index): readonly Gap[] => gapOf(row, answers[index] ?? 'late')),
    ...(rows.length > MOST_ROWS ? [{ subject: `file systems beyond ${MOST_ROWS}`, state: 'error' as const, message: 'not asked' }] : []),
  ];
  return {
    mounts: told('', mounts, file, hidden),
    gaps: told('', gaps, 'statfs'),
    ...totalsOf(usages, mounts.length),
    mountTable: told('', file, file, hidden),
  };
}

function selectRows({ root, settings }: ReportScene): { readonly rows: readonly Row[]; readonly file: string; readonly hidden: string | undefined } {
  // The firmware's and the loader's are disks as well, though nobody judges them.
  const selection = { ...settings, diskIgnoreUnder: settings.diskIgnoreUnder.filter((folder) => folder !== '/boot') };
  const { filesystems, shares, file, hidden } = readHostFilesystems(root, selection);
  const own = new Set(filesystems.map(({ device }) => nameOf(device)));
  const rows = [
    ...filesystems.map((filesystem) => ({ ...filesystem, isReadOnly: hasOption(filesystem.superOptions, 'ro') })),
    ...shares.filter(({ device }) => !own.has(nameOf(device))).map((share) => ({ ...share, role: 'other' as const, isReadOnly: null })),
  ];
  return { rows, file, hidden };
}

async function answerOf({ mountPoint, device }: Row, { root, probe }: ReportScene, late: Promise<'late'>): Promise<FilesystemAnswer | 'late'> {
  return await Promise.race([probe.probe({ root, mountPoint, device }), late]);
}

function rowOf({ mountPoint, source: device, type, role, isReadOnly }: Row, answer: FilesystemAnswer | 'late'): MountRow {
  return { mountPoint, device, type, role, isReadOnly, ...numbersOf(mountPoint, answer) };
}

type Numbers = Pick<MountRow, 'size' | 'used' | 'available' | 'usedPercent' | 'inodes' | 'inodesUsed' | 'inodesUsedPercent'>;

/** What statfs said, or why it said nothing. */
function numbersOf(mountPoint: string, answer: FilesystemAnswer | 'late'): Numbers {
  const source = `statfs ${mountPoint}`;
  const tell = <U extends Unit>(unit: U, pick: (usage: FilesystemSpace) => number | string): Value<number, U> => {
    if (answer === 'late' || answer.kind !== 'ok') return untold(unit, source, ...whyNot(mountPoint, answer));
    const value = pick(answer);
    return typeof value === 'string' ? untold(unit, source, 'unsupported', value) : told(unit, value, source);
  };
  const ofInodes = (pick: (usage: FilesystemSpace) => number) => (usage: FilesystemSpace): number | string =>
    usage.inodes === 0 ? `${mountPoint}: makes inodes as it needs them` : pick(usage);
  return {
    size: tell('bytes', ({ totalBytes }) => totalBytes),
    used: tell('bytes', usedBytes),
    available: tell('bytes', ({ availableBytes }) => availableBytes),
    usedPercent: tell('percent', (usage) => percentOf(usedBytes(usage), usedBytes(usage) + usage.availableBytes)),
    inodes: tell('count', ofInodes(({ inodes }) => inodes)),
    inodesUsed: tell('count', ofInodes(({ inodes, inodesFree }) => inodes - inodesFree)),
    inodesUsedPercent: tell('percent', ofInodes(({ inodes, inodesFree }) => percentOf(inodes - inodesFree, inodes))),
  };
}

function usedBytes({ totalBytes, freeBytes }: FilesystemSpace): number {
  return totalBytes - freeBytes;
}

function gapOf({ mountPoint: subject }: Row, answer: FilesystemAnswer | 'late'): readonly Gap[] {
  if (answer !== 'late' && answer.kind === 'ok') return [];
  const [state, message] = whyNot(subject, answer);
  return [{ subject, state, message }];
}

type NoNumbers = 'late' | Exclude<FilesystemAnswer, { readonly kind: 'ok' }>;

function whyNot(mountPoint: string, answer: NoNumbers): readonly ['error' | 'not-visible' | ReturnType<typeof stateOf>, string] {
  if (answer === 'late') return ['error', `${mountPoint}: no answer in time`];
  if (answer.kind === 'stuck') return ['error', `${mountPoint}: the file system does not answer`];
  if (answer.kind === 'not-visible') return ['not-visible', answer.message];
  return [stateOf(answer.kind), answer.message];
}

/** Of those that answered; shares are not the node's own, yet df counts them as well. */
function totalsOf(usages: readonly FilesystemSpace[], count: number): Pick<Filesystems, 'total' | 'used'> {
  const [source, missing] = ['statfs', count - usages.length];
  if (usages.length === 0) {
    const [state, why] = count === 0 ? (['unsupported', 'no file system on a disk of this node'] as const) : (['error', 'no file system answered'] as const);
    return { total: untold('bytes', source, state, why), used: untold('bytes', source, state, why) };
  }
  const sum = (pick: (usage: FilesystemSpace) => number): number => usages.reduce((all, usage) => all + pick(usage), 0);
  const note = missing === 0 ? undefined : `without ${missing} that did not answer`;
  return { total: told('bytes', sum(({ totalBytes }) => totalBytes), source, note), used: told('bytes', sum(usedBytes), source, note) };
}
