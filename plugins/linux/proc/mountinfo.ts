import { ParseError } from '../../core/errors.ts';
import { type Outcome, readLines } from '../read.ts';
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

/** To keep so many takes 17 MiB for a moment; the kernel's own limit is 100,000 (fs.mount-max). */
const MOST_MOUNTS = 5_400;

/**
 * A node with 500 Pods, and as many again: most lines have 200 bytes, but the overlay of a container names all layers of its
 * image and has 1,000 or more. A longer table does not fit into the memory limit of the plugin.
 */
export const LONGEST_MOUNT_TABLE_BYTES = 3 * 2 ** 20;

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
 * Tables have thousands of lines where few are of interest: the strings of a mount are pieces of a longer text, so whoever
 * keeps one for long keeps that, and should copy it (`copyOf`). What `isKept` refuses is checked, and not kept.
 */
export function parseMountinfo(text: string, file = '/proc/1/mountinfo', isKept: IsKept = () => true): readonly Mount[] {
  const table = createTable(file, isKept);
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = text.indexOf('\n', start) + 1;
    if (end === 0) end = text.length;
    table.add(text.slice(start, end));
  }
  return table.end();
}

/** As `parseMountinfo`, of a file that is read line by line. Throws ParseError. */
export function readMountinfo(root: string, path: string, isKept: IsKept): Outcome<readonly Mount[]> {
  const table = createTable(`/${path}`, isKept);
  const read = readLines(root, path, LONGEST_MOUNT_TABLE_BYTES, table.add);
  return read.kind === 'ok' ? { kind: 'ok', value: table.end() } : read;
}

/** Which mounts are of interest. */
type IsKept = (mount: Mount) => boolean;

function createTable(file: string, isKept: IsKept): { readonly add: (line: string) => void; readonly end: () => readonly Mount[] } {
  const mounts: Mount[] = [];
  let [lineNumber, lastLine] = [0, ''];
  return {
    add(line) {
      lineNumber += 1;
      lastLine = line;
      const mount = parseLine(line.endsWith('\n') ? line.slice(0, -1) : line, file, lineNumber);
      if (!isKept(mount)) return;
      if (mounts.length >= MOST_MOUNTS) throw new ParseError(file, `at most ${MOST_MOUNTS} mounts of interest`, 'more');
      mounts.push(mount);
    },
    end() {
      // No process is without a mount: an empty table means that we did not see it.
      if (lineNumber === 0) throw new ParseError(file, 'at least one mount', '');
      requireWholeText(lastLine, file);
      return mounts;
    },
  };
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
