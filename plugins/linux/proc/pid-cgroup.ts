import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** Path of a process in each hierarchy, by the hierarchy's controllers; '' is the unified one. */
export type PidCgroups = ReadonlyMap<string, string>;

/**
 * Parses /proc/<pid>/cgroup, see cgroups(7): one line per hierarchy.
 *
 *     4:memory:/kubepods/burstable/pod1/abc
 *     0::/system.slice/kubelet.service
 *
 * Paths begin at the root of the reader's cgroup namespace: to a container the others lie in `/../..`. Throws ParseError.
 */
export function parsePidCgroup(text: string, file: string): PidCgroups {
  const paths = new Map<string, string>();
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) throw new ParseError(`${file}:${index + 1}`, '"<n>:<controllers>:/<path>"', line);
    paths.set(controllers, path);
  }
  requireWholeText(text, file);
  return paths;
}
