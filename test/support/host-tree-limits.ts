import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Limits of the kernel, far away, on a node that kubelet has room on; without what /proc/loadavg says. */
const FILES: Readonly<Record<string, string>> = {
  'proc/sys/kernel/osrelease': '6.18.5-cloud-amd64\n',
  'proc/sys/kernel/threads-max': '126000\n',
  'proc/sys/kernel/pid_max': '32768\n',
  'proc/sys/fs/file-nr': '2176\t0\t9223372036854775807\n',
  'proc/sys/fs/inotify/max_user_instances': '128\n',
  'proc/sys/fs/inotify/max_user_watches': '122000\n',
  'proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
  'proc/sys/net/ipv4/neigh/default/gc_thresh3': '1024\n',
  'proc/sys/net/ipv6/neigh/default/gc_thresh3': '1024\n',
  'proc/1/net/stat/nf_conntrack':
    'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n' +
    '000004d2  00000000 00000000 00000000 00000009 00000000 00000000 00000000 00000000 00000003 00000003 00000000 00000000  00000000 00000000 00000000 00000000\n' +
    '000004d2  00000000 00000000 00000000 00000004 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000  00000000 00000000 00000000 00000000\n',
  'proc/1/net/stat/arp_cache': neighbourTable('00000034'),
  'proc/1/net/stat/ndisc_cache': neighbourTable('00000008'),
  'proc/1/net/arp':
    'IP address       HW type     Flags       HW address            Mask     Device\n' +
    '192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n' +
    '10.244.1.0       0x1         0x6         02:fc:00:00:00:06     *        flannel.1\n',
  'proc/1/cgroup': '0::/init.scope\n',
  'proc/1/comm': 'systemd\n',
  'proc/1/limits': 'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n',
  'proc/1/status': 'Name:\tsystemd\nPPid:\t0\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t1\n',
  'proc/1/fdinfo/1': 'pos:\t0\nflags:\t02000000\nmnt_id:\t16\nino:\t5\ninotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:7e9e0000640d1b6d\n',
  'proc/self/status': 'Name:\tnode\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t4711\n',
  'sys/fs/cgroup/kubepods.slice/pids.max': '32000\n',
  'sys/fs/cgroup/kubepods.slice/pids.current': '410\n',
};

const LINKS: Readonly<Record<string, string>> = { 'proc/1/fd/0': '/dev/null', 'proc/1/fd/1': 'anon_inode:inotify', 'proc/1/fd/2': 'socket:[4711]' };

/** A file of /proc/net/stat for neighbours, of two CPUs. */
export function neighbourTable(entries: string): string {
  const header = 'entries  allocs   destroys hash_grows lookups  hits     res_failed rcv_probes_mcast rcv_probes_ucast periodic_gc_runs forced_gc_runs unresolved_discards table_fulls\n';
  const row = `${entries} ${Array.from({ length: 12 }, () => '00000000').join(' ')}\n`;
  return header + row + row;
}

/** Writes the files below `root`. */
export function writeLimits(root: string, write: (path: string, text: string) => void): void {
  for (const [path, text] of Object.entries(FILES)) write(path, text);
  for (const [path, target] of Object.entries(LINKS)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
}
