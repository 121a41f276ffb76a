import { killGroup } from './child-handle.ts';

const running = new Set<number>();
let isHooked = false;

/**
 * Has the process group of a child killed when our own process ends (not by SIGKILL or a signal that nobody handles), until it is
 * disposed of: a child leads a group of its own, which the signals of ours do not reach. One listener for all; it keeps nobody alive.
 */
export function killedAtExit(pid: number): Disposable {
  running.add(pid);
  if (!isHooked) process.once('exit', killAll);
  isHooked = true;
  return { [Symbol.dispose]: () => void running.delete(pid) };
}

function killAll(): void {
  for (const pid of running) killGroup(pid);
}
