/** See config-linux.md of the OCI runtime specification, "seccomp". */
export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly architectures: readonly string[];
  readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string; readonly errnoRet?: number; readonly args?: readonly object[] }[];
}

const [EPERM, ENOSYS] = [1, 38];

/** Flags of clone(2) that make a namespace: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACE = [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

/**
 * What the profiles that runtimes use as RuntimeDefault refuse a container without capabilities, turned round: those list what is allowed, which
 * is all that is left. A syscall newer than this list is allowed here and refused there, but no program can count on one.
 */
export const RUNTIME_DEFAULT_SECCOMP: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: process.arch === 'arm64' ? ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'] : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  syscalls: [
    refused(
      // The kernel itself: modules, other kernels, its log, its programs, its tracing.
      'create_module', 'init_module', 'finit_module', 'delete_module', 'get_kernel_syms', 'query_module', 'kexec_load', 'kexec_file_load', 'reboot', 'syslog', 'bpf',
      'perf_event_open', 'lookup_dcookie', 'acct', 'uselib', 'nfsservctl', 'sysfs', '_sysctl', 'ustat', 'quotactl', 'quotactl_fd', 'fanotify_init', 'userfaultfd',
      // Mounts, roots and namespaces.
      'mount', 'umount', 'umount2', 'pivot_root', 'chroot', 'unshare', 'setns', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'move_mount', 'open_tree', 'mount_setattr',
      'open_by_handle_at',
      // Swap, clock, hardware, terminals, host name.
      'swapon', 'swapoff', 'settimeofday', 'stime', 'clock_settime', 'clock_settime64', 'iopl', 'ioperm', 'vm86', 'vm86old', 'vhangup',
      'sethostname', 'setdomainname',
      // Other processes, where their memory lies, keys of the kernel.
      'kcmp', 'pidfd_getfd', 'process_madvise', 'move_pages', 'migrate_pages', 'mbind', 'get_mempolicy', 'set_mempolicy', 'add_key', 'request_key', 'keyctl',
      // A second way to do all the rest.
      'io_uring_setup', 'io_uring_enter', 'io_uring_register',
    ),
    ...NEW_NAMESPACE.map((flag) => ({ ...refused('clone'), args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }] })),
    // Its flags lie in memory, where no filter can look: libraries are told that there is no such call, and use clone.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ],
};

function refused(...names: string[]): SeccompProfile['syscalls'][number] {
  return { names, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM };
}
