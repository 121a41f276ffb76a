import { type Pressure, type PressureResource, readPressureFile } from '../proc/pressure.ts';
import type { Outcome } from '../read.ts';

export interface GroupPressure {
  /** Where it stood, e.g. `/sys/fs/cgroup/system.slice/cpu.pressure`. */
  readonly file: string;
  readonly pressure: Outcome<Pressure>;
}

/**
 * Reads <group>/<resource>.pressure of cgroup v2, see the kernel's Documentation/admin-guide/cgroup-v2.rst: the same
 * lines as /proc/pressure, of the tasks in that group. `absent` without such a group, without cgroup v2, or with its
 * pressure switched off. Throws ParseError for a malformed file.
 *
 * @param group below the top of the hierarchy, e.g. `system.slice`
 */
export function readGroupPressure(root: string, group: string, resource: PressureResource): GroupPressure {
  const read = (folder: string): GroupPressure => {
    const path = `${folder}/${group}/${resource}.pressure`;
    return { file: `/${path}`, pressure: readPressureFile(root, path) };
  };
  const found = read('sys/fs/cgroup');
  // Where cgroup v1 stands beside it (hybrid), systemd mounts v2 here.
  return found.pressure.kind === 'absent' ? read('sys/fs/cgroup/unified') : found;
}
