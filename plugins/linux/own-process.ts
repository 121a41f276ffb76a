import { type PidStat, parsePidStat } from './proc/pid-stat.ts';
import { readText } from './read.ts';

/**
 * What a process that we started does right now, or undefined: it is gone, /proc is not mounted here, or says what no kernel says.
 * Its number is one of our own PID namespace, so it is looked up in our own /proc. Never throws.
 */
export function stateOfOwn(pid: number): PidStat | undefined {
  const path = `proc/${pid}/stat`;
  const outcome = readText('/', path, { maxBytes: 4_096 });
  try {
    return outcome.kind === 'ok' ? parsePidStat(outcome.value, `/${path}`) : undefined;
  } catch {
    return undefined;
  }
}
