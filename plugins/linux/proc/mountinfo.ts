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
  /** Flags of this mount point, joined by commas, see `hasOption`: a bind mount may be `ro` over a writable disk. */
  readonly options: string;
  /** Flags of the file system itself: here the kernel writes `ro` or `emergency_ro` after an I/O error. */
  readonly superOptions: string;
}

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/**
 * About 5,000 mounts of a kubelet, 200 bytes each; the kernel's own limit is 100,000 (fs.mount-max). To judge so many takes
 * 17 MiB for a moment; with twice as many the plugin does not stay within its memory limit.
 */
export const LONGEST_MOUNT_TABLE_BYTES = 2 ** 20;

const DELETED = '//deleted';

const LINE = /^(\d{1,15}) (\d{1,15}) (\d{1,10}):(\d{1,10}) ([^ ]+) (\/[^ ]*) ([^ ]+)(?: [^ ]+)*? - ([^ ]+) ([^ ]*) ([^ ].*)$/;

/**
 * Parses /proc/<pid>/mountinfo, see proc_pid_mountinfo(5). One line looks like
 *
 *     29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
 *
 * Any number of optional fields, even none, may stand before the lone `-`. The order is the kernel's: of two mounts on
 * one path the later line lies on top. Throws ParseError.
 *
 * Tables have thousands of lines where few are of interest: the strings of a mount are pieces of the text, so whoever
 * keeps one for long keeps the text, and should copy it (`copyOf`).
 */
export function parseMountinfo(text: string, file = '/proc/1/mountinfo'): readonly Mount[] {
  const mounts: Mount[] = [];
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    mounts.push(parseLine(text.slice(start, end), file, mounts.length + 1));
  }
  // No process is without a mount: an empty table means that we did not see it.
  if (mounts.length === 0) throw new ParseError(file, 'at least one mount', text);
  requireWholeText(text, file);
  return mounts;
}

/** Is a flag, or a setting as a whole (`size=4k`), among these options? */
export function hasOption(options: string, name: string): boolean {
  return options === name || options.split(',').includes(name);
}

/** What follows `<name>=` in these options. */
export function optionValue(options: string, name: string): string | undefined {
  const start = options.startsWith(`${name}=`) ? 0 : options.indexOf(`,${name}=`) + 1;
  if (start === 0 && !options.startsWith(`${name}=`)) return undefined;
  const end = options.indexOf(',', start);
  return unescapeOctal(options.slice(start + name.length + 1, end === -1 ? options.length : end));
}

/** The same text without the one that it is a piece of. */
export function copyOf(piece: string): string {
  return Buffer.from(piece, 'utf16le').toString('utf16le');
}

function parseLine(line: string, file: string, lineNumber: number): Mount {
  const [, mountId, parentId, major, minor, root, mountPoint, options, fsType, source, superOptions] = LINE.exec(line) ?? [];
  if (root === undefined || mountPoint === undefined || options === undefined || fsType === undefined || source === undefined || superOptions === undefined) {
    throw new ParseError(`${file}:${lineNumber}`, '"<6+ fields> - <3 fields>"', line);
  }
  const path = unescapeOctal(mountPoint);
  const isMountPointDeleted = path.endsWith(DELETED);
  return {
    mountId: Number(mountId),
    parentId: Number(parentId),
    device: { major: Number(major), minor: Number(minor) },
    root: unescapeOctal(root),
    mountPoint: isMountPointDeleted ? path.slice(0, -DELETED.length) : path,
    isMountPointDeleted,
    fsType,
    source: unescapeOctal(source),
    options,
    superOptions,
  };
}

/**
 * The kernel writes blank, tab, newline and backslash as `\040`, `\011`, `\012`, `\134`, `#` as `\043`, and in the value of
 * an option the comma as `\054`. An escape
 * is one byte: several in a row may be one UTF-8 character.
 */
function unescapeOctal(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replaceAll(/(?:\\[0-3][0-7]{2})+/g, (escapes) =>
    Buffer.from(escapes.slice(1).split('\\').map((octal) => Number.parseInt(octal, 8))).toString('utf8'),
  );
}
