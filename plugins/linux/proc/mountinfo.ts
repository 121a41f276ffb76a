import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

export interface Mount {
  readonly mountId: number;
  readonly parentId: number;
  /** Of the file system; equals `st_dev` of what lies in it, except on btrfs. */
  readonly device: DeviceNumber;
  /** Folder of the file system that is mounted here: `/`, or what a bind mount shows; ends in `//deleted` if unlinked since. */
  readonly root: string;
  readonly mountPoint: string;
  /** The mount point was unlinked: no path leads here any more. */
  readonly isMountPointDeleted: boolean;
  readonly fsType: string;
  /** Device, server or a mere word (`tmpfs`, `none`); may be empty. */
  readonly source: string;
  /** Flags of this mount point: a bind mount may be `ro` over a writable disk. */
  readonly options: ReadonlySet<string>;
  /** Flags of the file system itself: here the kernel writes `ro` or `emergency_ro` after an I/O error. */
  readonly superOptions: ReadonlySet<string>;
}

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

const DELETED = '//deleted';

/**
 * Parses /proc/<pid>/mountinfo, see proc_pid_mountinfo(5). One line looks like
 *
 *     29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
 *
 * Any number of optional fields, even none, may stand before the lone `-`. The order is the kernel's: of two mounts on
 * one path the later line lies on top.
 */
export function parseMountinfo(text: string, file = '/proc/1/mountinfo'): readonly Mount[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  // No process is without a mount: an empty table means that we did not see it.
  if (lines.length === 0) throw new ParseError(file, 'at least one mount', text);
  const mounts = lines.map((line, index) => parseLine(line, `${file}:${index + 1}`));
  requireWholeText(text, file);
  return mounts;
}

function parseLine(line: string, where: string): Mount {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [mountId, parentId, device, root, mountPoint, options] = fields;
  const [fsType, source, ...superOptions] = fields.slice(dash + 1);
  if (dash === -1 || !mountId || !parentId || !device || !root || !mountPoint || !options || !fsType || source === undefined || !superOptions[0]) {
    throw new ParseError(where, '"<6+ fields> - <3 fields>"', line);
  }
  const path = unescapeOctal(mountPoint);
  if (!path.startsWith('/')) throw new ParseError(where, 'an absolute mount point', line);
  const isMountPointDeleted = path.endsWith(DELETED);
  return {
    mountId: parseCount(mountId, where),
    parentId: parseCount(parentId, where),
    device: parseDevice(device, where),
    root: unescapeOctal(root),
    mountPoint: isMountPointDeleted ? path.slice(0, -DELETED.length) : path,
    isMountPointDeleted,
    fsType,
    source: unescapeOctal(source),
    options: new Set(options.split(',')),
    superOptions: new Set(superOptions.join(' ').split(',')),
  };
}

function parseDevice(text: string, where: string): DeviceNumber {
  const [major, minor, more] = text.split(':');
  if (major === undefined || minor === undefined || more !== undefined) throw new ParseError(where, '"<major>:<minor>"', text);
  return { major: parseCount(major, where), minor: parseCount(minor, where) };
}

/**
 * The kernel writes blank, tab, newline and backslash as `\040`, `\011`, `\012`, `\134`, and `#` as `\043`. An escape
 * is one byte: several in a row may be one UTF-8 character.
 */
function unescapeOctal(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replaceAll(/(?:\\[0-3][0-7]{2})+/g, (escapes) =>
    Buffer.from(escapes.slice(1).split('\\').map((octal) => Number.parseInt(octal, 8))).toString('utf8'),
  );
}
