/** What stands behind the name in /proc/<pid>/stat, of a process that began so many ticks after the boot. */
export function statAfterName(state: string, { parentPid = 1, flags = 4_194_560, threads = 1, startTicks = 99 } = {}): string {
  return `${state} ${parentPid} 1 1 0 -1 ${flags} 331 0 0 0 5 2 0 0 20 0 ${threads} 0 ${startTicks} 0 0`;
}

/** PID 1, asleep. */
export function writeProcesses(write: (path: string, text: string) => void): void {
  write('proc/1/stat', `1 (systemd) ${statAfterName('S', { parentPid: 0, startTicks: 7 })}\n`);
}
