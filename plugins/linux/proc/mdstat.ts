import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';

/** One array of md. */
export interface MdArray {
  /** `md127` */
  readonly name: string;
  readonly isActive: boolean;
  /** It is there, and so many disks have failed that it can no longer be used (MD_BROKEN); kernels before 2024 call such an array active. */
  readonly isBroken: boolean;
  /** `raid1`; absent for an array that was never started, and for a container of external metadata. */
  readonly level: string | undefined;
  /** `imsm`, `ddf`: it only holds the metadata of others, and is never started. */
  readonly isContainer: boolean;
  /** Of 1,024 bytes. */
  readonly blocks: number;
  /** Disks that the array is meant to have, and those that work; absent where there is no redundancy (raid0, linear). */
  readonly disks: { readonly wanted: number; readonly working: number } | undefined;
  /** `sdb1` of those that are marked (F), in the order of the file. */
  readonly failed: readonly string[];
  readonly spare: readonly string[];
  /** What is done to it now: `recovery`, `resync`, `reshape`, `check`, `repair`; also while it is put off. */
  readonly action: string | undefined;
}

const FIRST = /^([^\s:]+) : (active|inactive|broken)((?: \([a-z-]+\))*)((?: [^\s[\]]+)?)((?: [^\s[\]]+\[\d+\](?:\([A-Z]\))*)*)$/;

/**
 * Parses /proc/mdstat, see md_seq_show() in the kernel's drivers/md/md.c: a block of lines for each array.
 *
 *     Personalities : [raid1]
 *     md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]
 *           195310144 blocks super 1.2 [2/1] [U_]
 *           [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec
 *
 *     unused devices: <none>
 *
 * Throws ParseError, also for a text that was cut: its last line is missing.
 */
export function parseMdstat(text: string, file = '/proc/mdstat'): readonly MdArray[] {
  const [head, ...lines] = text.split('\n');
  if (head?.startsWith('Personalities : ') !== true && head !== 'Personalities :') throw new ParseError(file, 'a first line "Personalities : ..."', text);
  if (!/^unused devices: .*\n$/m.test(text.slice(text.lastIndexOf('\nunused devices: ') + 1))) throw new ParseError(file, 'a last line "unused devices: ..."', text);
  const arrays: MdArray[] = [];
  let block: string[] = [];
  for (const line of lines) {
    if (/^\S/.test(line)) {
      if (block.length > 0) arrays.push(parseArray(block, file));
      block = line.startsWith('unused devices: ') ? [] : [line];
    } else if (line.trim() !== '' && block.length > 0) {
      block.push(line.trim());
    }
  }
  return arrays;
}

function parseArray([first = '', second = '', ...more]: readonly string[], file: string): MdArray {
  const [, name, state, , level, members] = FIRST.exec(first) ?? [];
  const [, count] = /^(\d+) blocks/.exec(second) ?? [];
  if (name === undefined || state === undefined || members === undefined || count === undefined) {
    throw new ParseError(file, '"<name> : active|inactive|broken <level> <disk>[<n>]..." and "<n> blocks..."', [first, second].join(' '));
  }
  const [, action] = /(?:^|\s)(recovery|resync|reshape|check|repair)\s*=/.exec(more.join(' ')) ?? [];
  return {
    name,
    isActive: state === 'active',
    isBroken: state === 'broken',
    level: level?.trim() || undefined,
    isContainer: /super external:[a-z]/.test(second),
    blocks: parseCount(count, file),
    disks: parseDisks(second, file),
    failed: marked(members, '(F)'),
    spare: marked(members, '(S)'),
    action,
  };
}

/** `[2/1] [U_]`: meant to be there, and working. */
function parseDisks(line: string, file: string): MdArray['disks'] {
  const [, wanted, working] = /\[(\d+)\/(\d+)\]/.exec(line) ?? [];
  return wanted === undefined || working === undefined ? undefined : { wanted: parseCount(wanted, file), working: parseCount(working, file) };
}

function marked(members: string, mark: string): readonly string[] {
  return members.split(' ').filter((member) => member.includes(mark)).map((member) => member.slice(0, member.indexOf('[')));
}
