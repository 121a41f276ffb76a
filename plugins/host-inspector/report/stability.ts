import { parseCounter } from '../../core/decode.ts';
import { parseFileNr } from '../../linux/proc/file-nr.ts';
import { parseVmstat } from '../../linux/proc/vmstat.ts';
import type { Outcome } from '../../linux/read.ts';
import { TAINTS, hasBit } from '../reboot/taints.ts';
import { type DiskLooks, REBOOT_NOTES } from './disk-looks.ts';
import type { SectionOf } from './model.ts';
import type { ProcessCounts } from './processes.ts';
import { readSource, sourceOf, stateOf, told, untold } from './values.ts';

type Stability = SectionOf<'stability'>;

/** systemd sets fs.file-max to 2^63 - 1: no limit at all. */
const NO_LIMIT = 2n ** 63n - 1n;

/** What shows that a node is not well. */
export function readStability(root: string, counts: Outcome<ProcessCounts>, disks: DiskLooks): Stability {
  const fileNr = readSource(root, 'proc/sys/fs/file-nr', parseFileNr);
  const walked = sourceOf('/proc/<pid>/stat', counts);
  const max = fileNr.tell('count', (files) => Number(files.max));
  const isUnlimited = fileNr.outcome.kind === 'ok' && fileNr.outcome.value.max >= NO_LIMIT;
  return {
    oomKills: readSource(root, 'proc/vmstat', parseVmstat).tell('count', ({ oomKills }) => (oomKills === undefined ? undefined : Number(oomKills))),
    fileHandles: fileNr.tell('count', ({ allocated }) => Number(allocated)),
    fileHandlesMax: isUnlimited ? { ...max, message: `no limit: ${NO_LIMIT}, which a double cannot hold exactly` } : max,
    processes: walked.tell('count', ({ processes }) => processes),
    zombies: walked.tell('count', ({ zombies }) => zombies),
    uninterruptible: walked.tell('count', ({ uninterruptible }) => uninterruptible),
    ...readTaint(root),
    rebootRequired: rebootOf(disks),
  };
}

function readTaint(root: string): Pick<Stability, 'taint' | 'taints'> {
  const taint = readSource(root, 'proc/sys/kernel/tainted', (text, file) => Number(parseCounter(text.trim(), file)));
  return { taint: taint.tell('count', (bits) => bits), taints: taint.tell('', taintsOf) };
}

function taintsOf(bits: number): NonNullable<Stability['taints']['value']> {
  const set = Array.from({ length: 53 }, (_, bit) => bit).filter((bit) => hasBit(bits, bit));
  return set.map((bit) => {
    const { letter, meaning } = TAINTS[bit] ?? { letter: '?', meaning: 'unknown to this version' };
    return { bit, letter, meaning };
  });
}

/** Red Hat's distributions leave no note. */
function rebootOf({ run }: DiskLooks): Stability['rebootRequired'] {
  const source = REBOOT_NOTES.map((path) => `/${path}`).join(', ');
  if (run.kind !== 'ok') return untold('', source, stateOf(run.kind), run.message);
  const note = REBOOT_NOTES.find((path) => run.value.has(path));
  return note === undefined ? told('', false, source) : told('', true, `/${note}`);
}
