import { messageOf } from '../../core/errors.ts';
import { COMM_BYTES, type ServiceProcess, readService } from '../../linux/node-services.ts';
import { listPids } from '../../linux/processes.ts';
import { parsePidCgroup } from '../../linux/proc/pid-cgroup.ts';
import { parsePidState } from '../../linux/proc/pid-stat.ts';
import { type Outcome, shortTextReader, readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';

/** What one walk over all processes tells. */
export interface ProcessCounts {
  readonly processes: number;
  /** Ended, and not reaped. */
  readonly zombies: number;
  /** In state D at the moment of the walk: most of them only for milliseconds. */
  readonly uninterruptible: number;
  /** Processes of the node itself, by the name that was looked for. */
  readonly services: ReadonlyMap<string, readonly ServiceProcess[]>;
}

/**
 * One walk for all that the report says of processes: one file of each, about 10 µs of CPU. Never rejects.
 *
 * @param names of services, see `findServices`
 */
export async function walkProcesses(root: string, names: readonly string[], signal: AbortSignal): Promise<Outcome<ProcessCounts>> {
  // PID 1 stands for all others: with hidepid it is hidden as they are, and then nobody can tell that none is there.
  const first = readText(root, 'proc/1/cgroup');
  if (first.kind === 'absent') return { ...first, kind: 'denied', message: `${first.message} (hidepid, or no /proc)` };
  if (first.kind !== 'ok') return first;
  try {
    return { kind: 'ok', value: await walk(root, names, first.value, signal) };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

async function walk(root: string, names: readonly string[], firstText: string, signal: AbortSignal): Promise<ProcessCounts> {
  const first = parsePidCgroup(firstText, '/proc/1/cgroup');
  const wanted = new Map(names.map((name) => [name.slice(0, COMM_BYTES), name]));
  const services = new Map<string, ServiceProcess[]>();
  let [processes, zombies, uninterruptible] = [0, 0, 0];
  const slices = createSlices(signal);
  const read = shortTextReader(root);
  for (const pid of await listPids(root, slices)) {
    const file = read(`proc/${pid}/stat`);
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    // It has ended meanwhile.
    if (file.kind === 'absent') continue;
    const { comm, state } = parsePidState(valueOrThrow(file), `/proc/${pid}/stat`);
    processes += 1;
    if (state === 'Z') zombies += 1;
    if (state === 'D') uninterruptible += 1;
    const name = wanted.get(comm);
    const service = name === undefined ? undefined : readService(root, pid, first);
    if (name === undefined || service === undefined) continue;
    const same = services.get(name);
    if (same === undefined) services.set(name, [service]);
    else same.push(service);
  }
  return { processes, zombies, uninterruptible, services };
}
