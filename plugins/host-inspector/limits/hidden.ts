import { readText } from '../../linux/read.ts';

/** Why PID 1 has not got this file: where it is hidden, the grant that would show it. */
export function whyNone(root: string, path: string): string {
  const isHidden = readText(root, 'proc/1/comm').kind !== 'ok';
  return isHidden ? `no /${path}: hidepid, needs CAP_SYS_PTRACE, or no /proc` : `no /${path}`;
}
