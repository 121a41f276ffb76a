import { closeSync, constants, openSync, readlinkSync, statSync, statfsSync } from 'node:fs';
import { codeOf, messageOf } from '../core/errors.ts';
import { LONGEST_MOUNT_TABLE_BYTES } from './proc/mountinfo.ts';
import { type MountPlace, hidepidOf, parseMountPlace } from './proc/mount-place.ts';
import { parsePidStatus } from './proc/pid-status.ts';
import { hostPath, readLines, readText } from './read.ts';

/** Whether something was given to this process, and what proves it. `unknown` where nothing does. */
export interface Grant {
  readonly state: 'granted' | 'missing' | 'unknown';
  /** One line, the same as long as nothing changes. */
  readonly evidence: string;
}

/** What this process may see of a host: by trying, not by what a manifest says. */
export interface Privileges {
  /** The host's root, in which mounts that are made later appear. */
  readonly hostRoot: Grant;
  /** uid 0 of the host, not of a user namespace. */
  readonly uid0: Grant;
  readonly hostPid: Grant;
  readonly hostNetwork: Grant;
  /** CAP_SYS_PTRACE, where it opens what it should. */
  readonly ptrace: Grant;
  /** CAP_SYSLOG, where it is needed, and the device. */
  readonly kernelLog: Grant;
  /** LXCFS stands before files of this /proc: their numbers are those of a container. Undefined where nobody can tell. */
  readonly hasLxcfs: boolean | undefined;
  /** What else makes the host look other than it is. */
  readonly notes: readonly string[];
}

const granted = (evidence: string): Grant => ({ state: 'granted', evidence });
const missing = (evidence: string): Grant => ({ state: 'missing', evidence });
const unknown = (evidence: string): Grant => ({ state: 'unknown', evidence });

/** `PROC_SUPER_MAGIC` of linux/magic.h. */
const PROC_MAGIC = 0x9fa0;

/** Looks once, by a dozen small reads of /proc; nothing here may lie on a disk. Never throws. */
export function readPrivileges(root: string): Privileges {
  if (!isProcfs(hostPath(root, 'proc'))) {
    const none = unknown('there is no procfs below the root: a recording, or nothing is mounted there');
    return { hostRoot: none, uid0: none, hostPid: none, hostNetwork: none, ptrace: none, kernelLog: none, hasLxcfs: undefined, notes: [] };
  }
  const mounts = tryTo(() => readMounts(root), undefined);
  return {
    hostRoot: guarded(() => hostRootOf(root, mounts)),
    uid0: guarded(() => uidOf(root)),
    hostPid: guarded(() => hostPidOf(root)),
    hostNetwork: guarded(() => hostNetworkOf(root)),
    ptrace: guarded(() => ptraceOf(root)),
    kernelLog: guarded(() => kernelLogOf(root)),
    hasLxcfs: mounts?.hasLxcfs,
    notes: notesOf(root, mounts),
  };
}

function guarded(look: () => Grant): Grant {
  try {
    return look();
  } catch (cause) {
    return unknown(messageOf(cause));
  }
}

function tryTo<T, U>(look: () => T, otherwise: U): T | U {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

function isProcfs(path: string): boolean {
  return tryTo(() => statfsSync(path).type === PROC_MAGIC, false);
}

interface Mounts {
  /** Our own mounts at the host's root and at its /proc: of several the topmost. */
  readonly root: MountPlace | undefined;
  readonly proc: MountPlace | undefined;
  /** PID 1's root; undefined where that is hidden. */
  readonly first: MountPlace | undefined;
  readonly hasLxcfs: boolean;
}

function readMounts(root: string): Mounts {
  const proc = hostPath(root, 'proc');
  let [atRoot, atProc, first]: (MountPlace | undefined)[] = [];
  let hasLxcfs = false;
  const own = eachMount(root, 'proc/self/mountinfo', (mount) => {
    if (mount.mountPoint === root) atRoot = mount;
    if (mount.mountPoint === proc) atProc = mount;
    hasLxcfs ||= mount.fsType === 'fuse.lxcfs' && mount.mountPoint.startsWith(`${proc}/`);
  });
  if (own !== undefined) throw new Error(own);
  eachMount(root, 'proc/1/mountinfo', (mount) => {
    if (mount.mountPoint === '/') first = mount;
    hasLxcfs ||= mount.fsType === 'fuse.lxcfs' && mount.mountPoint.startsWith('/proc/');
  });
  return { root: atRoot, proc: atProc, first, hasLxcfs };
}

/** Gives why not, if it cannot be read. */
function eachMount(root: string, path: string, take: (mount: MountPlace) => void): string | undefined {
  const read = readLines(root, path, LONGEST_MOUNT_TABLE_BYTES, (line) => take(parseMountPlace(line, `/${path}`)));
  return read.kind === 'ok' ? undefined : read.message;
}

function hostRootOf(root: string, mounts: Mounts | undefined): Grant {
  if (mounts === undefined) return unknown('our own mount table cannot be read');
  const { root: own, first } = mounts;
  // The kernel numbers mounts for all namespaces together, so that one number is one mount of one namespace.
  if (own !== undefined && own.mountId === first?.mountId) return granted('this process is in the mount namespace of PID 1');
  if (own === undefined) return unknown(`${root} is no mount of its own`);
  if (own.masterGroup !== undefined || (own.sharedGroup !== undefined && own.sharedGroup === first?.sharedGroup)) return granted(`${root} follows the mounts of the host`);
  if (root === '/') return missing("this is the root of a container: the host's is not mounted, or --host-root does not name it");
  return missing(`${root} does not follow the mounts of the host: the volume lacks mountPropagation: HostToContainer, or the host's root is not shared`);
}

function uidOf(root: string): Grant {
  const uid = process.geteuid?.();
  if (uid !== 0) return missing(`uid ${uid}`);
  const map = readText(root, 'proc/self/uid_map');
  // Before there were user namespaces there was no such file.
  if (map.kind === 'absent') return granted('uid 0');
  if (map.kind !== 'ok') return unknown(map.message);
  return /^ *0 +0 /.test(map.value) ? granted('uid 0') : missing('uid 0 of a user namespace (hostUsers: false), another uid for the host');
}

function hostPidOf(root: string): Grant {
  const status = readText(root, 'proc/self/status');
  if (status.kind === 'absent') return missing('no /proc/self: this process has no PID there');
  if (status.kind !== 'ok') return unknown(status.message);
  const { pids } = parsePidStatus(status.value, '/proc/self/status');
  if (pids === undefined) return unknown('this kernel (before 4.1) has no NSpid in /proc/self/status');
  return pids.length === 1 ? granted('one PID in /proc/self/status') : missing(`${pids.length} PIDs in /proc/self/status, one for each namespace`);
}

/**
 * Each network namespace has a tree of its own in /proc, and the kernel numbers all files of all of them together: the same
 * inode is the same namespace (`proc_get_inode` in fs/proc/inode.c). That needs no capability, as the link `ns/net` does.
 */
function hostNetworkOf(root: string): Grant {
  const first = tryTo(() => statSync(hostPath(root, 'proc/1/net/dev')).ino, undefined);
  if (first === undefined) return unknown('PID 1 is hidden (hidepid)');
  return statSync('/proc/self/net/dev').ino === first ? granted('/proc/1/net and our own are one') : missing('/proc/1/net and our own are two');
}

const CAP_SYS_PTRACE = 19n;
const CAP_SYSLOG = 34n;

/** PID 1 has what root's processes have: what is open of it, is of them all. */
function ptraceOf(root: string): Grant {
  try {
    readlinkSync(hostPath(root, 'proc/1/ns/mnt'));
    return granted('the links of PID 1 can be read');
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return unknown('PID 1 is hidden (hidepid)');
    if (code !== 'EACCES' && code !== 'EPERM') throw cause;
    return missing(hasCapability(CAP_SYS_PTRACE) ? 'the capability is there, and yet the links of PID 1 are closed (user namespace, AppArmor, SELinux)' : 'the links of PID 1 are closed');
  }
}

function kernelLogOf(root: string): Grant {
  const [own = '', ...others] = [...new Set(['/dev/kmsg', hostPath(root, 'dev/kmsg')])].map(openError);
  const code = [own, ...others].includes('') ? '' : own;
  if (code === '') return granted('/dev/kmsg can be opened');
  if (code === 'ENOENT') return missing('there is no /dev/kmsg');
  if (code !== 'EPERM' && code !== 'EACCES') return unknown(`/dev/kmsg: ${code}`);
  return missing(hasCapability(CAP_SYSLOG) ? '/dev/kmsg is closed by its device group or its mode' : '/dev/kmsg is closed (kernel.dmesg_restrict, device group)');
}

/** Opened and not read: that takes nothing from whoever reads it. '' for success. */
function openError(path: string): string {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY));
    return '';
  } catch (cause) {
    return codeOf(cause) ?? 'failed';
  }
}

/** Of this process, in its user namespace. */
function hasCapability(number: bigint): boolean {
  const status = readText('/', 'proc/self/status');
  const [, bits] = (status.kind === 'ok' && /^CapEff:\t([0-9a-f]{16})$/m.exec(status.value)) || [];
  return bits !== undefined && ((BigInt(`0x${bits}`) >> number) & 1n) === 1n;
}

/** What gVisor says it is, whatever it runs on: pkg/sentry/kernel/version.go and pkg/sentry/syscalls/linux/linux64.go there. */
const GVISOR = /^Linux version 4\.4\.0 .*Sun Jan 10 15:06:54 PST 2016/;

function notesOf(root: string, mounts: Mounts | undefined): readonly string[] {
  const version = readText(root, 'proc/version');
  const hidepid = mounts?.proc && hidepidOf(mounts.proc);
  // Only the initial PID namespace has threads of the kernel, and the first of them is PID 2.
  const second = readText(root, 'proc/2/comm');
  return [
    ...(mounts?.hasLxcfs === true ? ['LXCFS stands before files of /proc: memory, CPU and load are those of a container'] : []),
    ...(version.kind === 'ok' && GVISOR.test(version.value) ? ['/proc is that of gVisor and tells nothing of the host'] : []),
    ...(hidepid === undefined ? [] : [`/proc is mounted with hidepid=${hidepid}`]),
    ...(hidepid !== undefined || (second.kind === 'ok' && second.value === 'kthreadd\n') ? [] : ['/proc is that of a container, or of a node in a container: it has no threads of the kernel']),
  ];
}
