import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonsOf, type LogRule } from '../../support/host-log-rules.ts';

const { rules, bufferSize } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../npd-config/kernel-monitor.json'), 'utf8')) as {
  readonly rules: readonly LogRule[];
  readonly bufferSize: number;
};

/** Lines as kernels print them, old and new; the version is the first, or the last, that prints it so. */
const LINES: readonly (readonly [kernel: string, line: string, ...reasons: string[]])[] = [
  // mm/oom_kill.c
  ['3.10', 'Killed process 2592 (java) total-vm:8254852kB, anon-rss:3875340kB, file-rss:0kB', 'OOMKilling'],
  ['3.10 of RHEL 7', 'Killed process 13137 (java), UID 1000, total-vm:8254852kB, anon-rss:3875340kB, file-rss:0kB, shmem-rss:0kB', 'OOMKilling'],
  ['4.9', 'Killed process 2592 (tmux: server) total-vm:28940kB, anon-rss:2048kB, file-rss:0kB, shmem-rss:0kB', 'OOMKilling'],
  ['4.18', 'Memory cgroup out of memory: Kill process 2592 (java) score 1974 or sacrifice child'],
  ['5.0', 'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/kubepods,task_memcg=/kubepods/pod1,task=java,pid=2592,uid=0'],
  ['5.1', 'Memory cgroup out of memory: Killed process 2592 (java) total-vm:8254852kB, anon-rss:3875340kB, file-rss:0kB, shmem-rss:0kB', 'OOMKilling'],
  ['5.4', 'Out of memory: Killed process 2592 (a (b)) total-vm:8254852kB, anon-rss:3875340kB, file-rss:1024kB, shmem-rss:0kB, UID:1000 pgtables:8264kB oom_score_adj:974', 'OOMKilling'],
  ['6.18', 'Out of memory (oom_kill_allocating_task): Killed process 2592 () total-vm:1kB, anon-rss:0kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:44kB oom_score_adj:0', 'OOMKilling'],
  ['6.18', 'oom_reaper: reaped process 2592 (java), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB'],
  // kernel/hung_task.c
  ['3.10', 'INFO: task docker:4711 blocked for more than 120 seconds.', 'DockerHung', 'TaskHung'],
  ['4.19', 'INFO: task dockerd:4711 blocked for more than 120 seconds.', 'DockerHung', 'TaskHung'],
  ['5.4', 'INFO: task docker-containe:4711 blocked for more than 241 seconds.', 'DockerHung', 'TaskHung'],
  ['5.15', 'INFO: task containerd:4711 blocked for more than 122 seconds.', 'ContainerRuntimeHung', 'TaskHung'],
  ['6.1', 'INFO: task containerd-shim:4711 blocked for more than 1228 seconds.', 'ContainerRuntimeHung', 'TaskHung'],
  ['6.6', 'INFO: task runc:[2:INIT]:4711 blocked for more than 122 seconds.', 'ContainerRuntimeHung', 'TaskHung'],
  ['6.12', 'INFO: task crio:4711 blocked for more than 122 seconds.', 'ContainerRuntimeHung', 'TaskHung'],
  ['6.18', 'INFO: task kubelet:4711 blocked for more than 122 seconds.', 'KubeletHung', 'TaskHung'],
  ['after 6.18', 'INFO: task containerd:4711 blocked in I/O wait for more than 122 seconds.', 'ContainerRuntimeHung', 'TaskHung'],
  ['6.18', 'INFO: task kworker/u8:2:4711 blocked for more than 122 seconds.', 'TaskHung'],
  ['6.18', 'INFO: task my docker:4711 blocked for more than 122 seconds.', 'TaskHung'],
  ['6.18', 'INFO: task dockerfile-lint:4711 blocked for more than 122 seconds.', 'TaskHung'],
  ['6.18', 'INFO: task containerd:4711 is blocked on a mutex likely owned by task runc:4712.'],
  ['6.18', '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.'],
  // fs/ext4/super.c, fs/ext2/super.c, fs/f2fs/super.c, fs/jfs/super.c, fs/btrfs/messages.c
  ['3.10', 'EXT4-fs (sda1): Remounting filesystem read-only', 'FilesystemIsReadOnly'],
  ['6.18', 'EXT4-fs (nvme0n1p1): Remounting filesystem read-only', 'FilesystemIsReadOnly'],
  ['4.19', 'EXT2-fs (sda1): error: remounting filesystem read-only', 'FilesystemIsReadOnly'],
  ['6.6', 'F2FS-fs (vda): Remounting filesystem read-only', 'FilesystemIsReadOnly'],
  ['6.6', 'ERROR: (device loop0): remounting filesystem as read-only', 'FilesystemIsReadOnly'],
  ['4.19', 'BTRFS info (device sdd): forced readonly', 'FilesystemIsReadOnly'],
  ['6.6', 'BTRFS info (device vdc: state EA): forced readonly', 'FilesystemIsReadOnly'],
  ['6.18', 'EXT4-fs (sda1): mounted filesystem 0ac0ab6b-8c4b-4b6a-a9a3-4a4a4e4a4a4a ro with ordered data mode. Quota mode: none.'],
  ['6.18', 'EXT4-fs (sda1): re-mounted 0ac0ab6b-8c4b-4b6a-a9a3-4a4a4e4a4a4a ro.'],
  ['6.18', "systemd-shutdown[1]: Remounting '/' read-only with options 'errors=remount-ro'."],
  // fs/ext4/super.c, fs/xfs/xfs_fsops.c
  ['5.4', 'EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0', 'Ext4Error'],
  ['4.4', 'EXT4-fs error (device dm-0) in ext4_reserve_inode_write:5141: Journal has aborted', 'Ext4Error'],
  ['6.18', 'EXT4-fs warning (device sda1): ext4_end_bio:343: I/O error 10 writing to inode 12 starting block 33'],
  ['4.19', 'XFS (dm-4): Corruption of in-memory data detected.  Shutting down filesystem', 'XFSShutdown'],
  ['6.18', 'XFS (sdb1): Log I/O Error (0x2) detected at xlog_ioend_work+0x6e/0x70 [xfs] (fs/xfs/xfs_log.c:1378).  Shutting down filesystem.', 'XFSShutdown'],
  ['6.18', 'XFS (sdb1): Ending clean mount'],
  // kernel/watchdog.c, kernel/rcu/tree_stall.h
  ['3.10', 'BUG: soft lockup - CPU#2 stuck for 23s! [java:4711]', 'CPULockup'],
  ['4.9', 'NMI watchdog: BUG: soft lockup - CPU#2 stuck for 22s! [kworker/2:1:4711]', 'CPULockup'],
  ['6.18', 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:0]', 'CPULockup'],
  ['4.9', 'NMI watchdog: Watchdog detected hard LOCKUP on cpu 3', 'CPULockup'],
  ['6.18', 'watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3', 'CPULockup'],
  ['4.9', 'INFO: rcu_sched self-detected stall on CPU', 'RCUStall'],
  ['4.9', 'INFO: rcu_sched detected stalls on CPUs/tasks:', 'RCUStall'],
  ['6.18', 'rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 3-.... } 6003 jiffies s: 1097 root: 0x8/.', 'RCUStall'],
  // arch/x86/kernel/dumpstack.c, arch/arm64/kernel/traps.c
  ['3.10', 'Oops: 0002 [#1] SMP ', 'KernelOops'],
  ['4.19', 'general protection fault: 0000 [#1] SMP PTI', 'KernelOops'],
  ['5.4', 'divide error: 0000 [#1] SMP NOPTI', 'KernelOops'],
  ['5.15', 'general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#2] PREEMPT SMP NOPTI', 'KernelOops'],
  ['6.12', 'Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI', 'KernelOops'],
  ['6.12', 'Oops: invalid opcode: 0000 [#1] SMP', 'KernelOops'],
  ['4.19', 'Internal error: Oops: 96000004 [#1] SMP', 'KernelOops'],
  ['6.6', 'Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP', 'KernelOops'],
  ['5.15', 'BUG: kernel NULL pointer dereference, address: 0000000000000008'],
  ['6.18', 'usb 1-1: config 1 has no interface number 0'],
  // net/core/dev.c
  ['3.10', 'unregister_netdevice: waiting for lo to become free. Usage count = 1', 'UnregisterNetDevice'],
  ['6.18', 'unregister_netdevice: waiting for veth0a1b-2 to become free. Usage count = 2', 'UnregisterNetDevice'],
  // block/blk-core.c, fs/buffer.c: an empty floppy or CD drive of a virtual machine is none of a node's troubles
  ['3.10', 'end_request: I/O error, dev sda, sector 2048', 'IOError'],
  ['5.15', 'blk_update_request: I/O error, dev nvme0n1, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 0', 'IOError'],
  ['6.18', 'I/O error, dev sda, sector 2048 op 0x1:(WRITE) flags 0x9800 phys_seg 1 prio class 2', 'IOError'],
  ['3.10', 'Buffer I/O error on device dm-0, logical block 0', 'IOError'],
  ['6.18', 'Buffer I/O error on dev vdb1, logical block 0, async page read', 'IOError'],
  ['6.18', 'I/O error, dev fd0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0'],
  ['6.18', 'Buffer I/O error on dev fd0, logical block 0, async page read'],
  ['6.18', 'I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2'],
  // drivers/edac/edac_mc.c, mm/memory-failure.c
  ['4.4', 'EDAC MC0: 1 CE memory read error on CPU_SrcID#0_Ha#0_Chan#1_DIMM#0 (channel:1 slot:0 page:0x12b3f offset:0x0 grain:32 syndrome:0x0)', 'CorrectedMemoryError'],
  ['6.18', 'EDAC MC1: 2 UE Data read on mc#1csrow#0channel#1 (csrow:0 channel:1 page:0x5c1a offset:0x700 grain:64)', 'UncorrectedMemoryError'],
  ['6.18', 'Memory failure: 0x12b3f: recovery action for dirty LRU page: Recovered', 'UncorrectedMemoryError'],
  ['6.18', 'EDAC MC0: Giving out device to module skx_edac controller Skylake Socket#0 IMC#0: DEV 0000:3a:0a.0 (INTERRUPT)'],
  ['6.18', 'EDAC MC: Ver: 3.0.0'],
];

describe('the rules for the kernel log', () => {
  for (const [kernel, line, ...reasons] of LINES) {
    it(`${reasons.join(' and ') || 'no reason'} for ${line} (${kernel})`, () => assert.deepEqual(reasonsOf(rules, `3,1201,5140900,-;${line}\n`), reasons));
  }

  it('all have a line here that they match', () => {
    const given = new Set(LINES.flatMap(([, , ...reasons]) => reasons));
    assert.sameMembers([...new Set(rules.map(({ reason }) => reason))], [...given]);
  });

  it('look at one line at a time, since none spans several', () => {
    assert.equal(bufferSize, 1);
    for (const { pattern } of rules) assert.notMatch(pattern, /\\n/);
  });

  it('match no line that a user only quotes in front of other words', () => {
    assert.deepEqual(reasonsOf(rules, '3,1,1,-;sh[7]: INFO: task docker:1 blocked for more than 120 seconds. (quoted)'), []);
    assert.deepEqual(reasonsOf(rules, '3,1,1,-;EXT4-fs (sda1): Remounting filesystem read-only (quoted)'), []);
  });

  it('are refused here when RE2 and JavaScript would read them differently', () => {
    for (const pattern of ['(?i)a', 'a(?=b)', '(a)\\1', 'a\\z', '\\pL', '[[:alpha:]]', 'a++']) {
      assert.throws(() => reasonsOf([{ type: 'temporary', reason: 'X', pattern }], '3,1,1,-;a'), 'not the same in RE2');
    }
  });
});
