import { ParseError } from '../../core/errors.ts';
import { hasOption, optionValue } from './mountinfo.ts';

/** Where one mount lies and where its mounts come from. */
export interface MountPlace {
  readonly mountId: number;
  readonly mountPoint: string;
  /** Mounts made in one of this peer group are made in all. */
  readonly sharedGroup: number | undefined;
  /** Mounts made in this peer group are made here, too. */
  readonly masterGroup: number | undefined;
  readonly fsType: string;
  readonly superOptions: string;
}

const LINE = /^(\d{1,15}) \d+ \d+:\d+ [^ ]+ (\/[^ ]*) [^ ]+((?: [^ ]+)*?) - ([^ ]+) [^ ]* ([^ ].*)$/;

/**
 * Parses one line of /proc/<pid>/mountinfo for how it is tied to others, see mount_namespaces(7):
 *
 *     612 590 259:2 / /host ro,relatime master:1 - ext4 /dev/nvme0n1p2 rw
 *
 * A mount point with a blank or the like is as the kernel wrote it, with escapes. Throws ParseError.
 */
export function parseMountPlace(line: string, file: string): MountPlace {
  const [, mountId, mountPoint, optional, fsType, superOptions] = LINE.exec(line.replace(/\n$/, '')) ?? [];
  if (mountPoint === undefined || optional === undefined || fsType === undefined || superOptions === undefined) {
    throw new ParseError(file, '"<6+ fields> - <3 fields>"', line);
  }
  const group = (name: string): number | undefined => {
    const [, number] = new RegExp(` ${name}:(\\d{1,15})(?: |$)`).exec(optional) ?? [];
    return number === undefined ? undefined : Number(number);
  };
  return { mountId: Number(mountId), mountPoint, sharedGroup: group('shared'), masterGroup: group('master'), fsType, superOptions };
}

/** Whose processes this procfs hides: the value of `hidepid=`, see proc(5); undefined where it hides none. */
export function hidepidOf({ superOptions }: Pick<MountPlace, 'superOptions'>): string | undefined {
  const value = optionValue(superOptions, 'hidepid');
  return value === undefined || value === '0' || hasOption(superOptions, 'hidepid=off') ? undefined : value;
}
