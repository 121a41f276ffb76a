import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A host as a folder of which only control groups, processes and Pods' names are of interest. */
export interface PodTree extends Disposable {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  /** Of a Pod: its group below the top of the hierarchy, as kubelet's systemd driver names it. */
  readonly groupOf: (uid: string) => string;
  /** A process in a group of cgroup v2, or of this hierarchy of v1. */
  readonly addProcess: (pid: number, comm: string, group: string, usage?: Partial<Record<'ticks' | 'threads' | 'pages', number>>, hierarchy?: string) => void;
}

/** `3f2a0c1e-0000-4000-8000-000000000001` */
export const podUid = (number: number): string => `${(0x3f2a0c1d + number).toString(16)}-0000-4000-8000-${String(number).padStart(12, '0')}`;

export function podTree(version: 1 | 2 = 2): PodTree {
  const root = mkdtempSync(join(tmpdir(), 'npd-pods-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  if (version === 2) write('sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory hugetlb pids\n');
  else for (const folder of ['memory', 'cpu,cpuacct', 'blkio', 'pids']) write(`sys/fs/cgroup/${folder}/cgroup.procs`, '1\n');
  write('proc/self/status', 'Name:\tnode\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t4711\n');
  return {
    root,
    write,
    groupOf: (uid) => `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`,
    addProcess(pid, comm, group, { ticks = 0, threads = 1, pages = 1 } = {}, hierarchy = 'sys/fs/cgroup') {
      write(`proc/${pid}/stat`, `${pid} (${comm}) S 1 1 1 0 -1 4194304 1 0 0 0 ${ticks} 0 0 0 20 0 ${threads} 0 100 1000 ${pages} 18446744073709551615\n`);
      write(`proc/${pid}/comm`, `${comm}\n`);
      write(`proc/${pid}/cgroup`, `0::/${group}\n`);
      const path = join(root, hierarchy, group, 'cgroup.procs');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${pid}\n`, { flag: 'a' });
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
