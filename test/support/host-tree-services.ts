/** A process of a host tree. */
export interface TreeProcess {
  readonly pid: string;
  readonly comm: string;
  readonly cgroup: string;
  readonly state?: string;
  readonly startTicks?: number;
  /** Its PID in each namespace; default the one. */
  readonly pids?: string;
}

/** Writes the files of /proc/<pid> that tell what a process is. */
export function writeProcess(write: (path: string, text: string) => void, { pid, comm, cgroup, state = 'S', startTicks = 99, pids = pid }: TreeProcess): void {
  write(`proc/${pid}/comm`, `${comm}\n`);
  write(`proc/${pid}/cgroup`, `0::${cgroup}\n`);
  write(`proc/${pid}/status`, `Name:\t${comm}\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t${pids}\n`);
  write(`proc/${pid}/stat`, `${pid} (${comm}) ${state} 1 ${pid} ${pid} 0 -1 4194304 331 0 0 0 5 2 0 0 20 0 1 0 ${startTicks} 0 0\n`);
}

/** kubelet and its runtime, on a kernel to which nothing has happened. */
export function writeServices(write: (path: string, text: string) => void): void {
  write('proc/sys/kernel/tainted', '0\n');
  writeProcess(write, { pid: '650', comm: 'containerd', cgroup: '/system.slice/containerd.service', startTicks: 412 });
  writeProcess(write, { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 733 });
}
