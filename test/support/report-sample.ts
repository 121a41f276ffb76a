import type { Unit, Value, ValueState } from '../../plugins/host-inspector/report/fields.ts';
import { type NodeReport, type RowOf, REPORT_API_VERSION, REPORT_KIND } from '../../plugins/host-inspector/report/model.ts';

function ok<T, U extends Unit>(value: T, unit: U, source: string): Value<T, U> {
  return { value, unit, source, state: 'ok' };
}

function missing<T, U extends Unit>(state: Exclude<ValueState, 'ok' | 'stale'>, message: string, unit: U, source: string): Value<T, U> {
  return { value: null, unit, source, state, message };
}

const text = (value: string, source: string): Value<string, ''> => ok(value, '', source);
const flag = (value: boolean, source: string): Value<boolean, ''> => ok(value, '', source);
const count = (value: number, source: string): Value<number, 'count'> => ok(value, 'count', source);
const percent = (value: number, source: string): Value<number, 'percent'> => ok(value, 'percent', source);
const bytes = (value: number, source: string): Value<number, 'bytes'> => ok(value, 'bytes', source);
const list = <T>(value: readonly T[], source: string): Value<readonly T[], ''> => ok(value, '', source);

const GIB = 2 ** 30;
const STAT = '/proc/stat';
const MEMINFO = '/proc/meminfo';

const CONDITIONS: readonly RowOf<'conditions', 'list'>[] = [
  { type: 'DiskSpaceLow', status: 'True', reason: 'DiskSpaceLow', message: '/var/lib/containerd: less than 16% of the space available (images)', severity: 'warn', advice: 'remove images and logs that nobody needs, or give the node a larger disk' },
  { type: 'FilesystemUnhealthy', status: 'False', reason: 'FilesystemIsHealthy', message: 'all judged file systems are healthy', severity: null, advice: null },
  { type: 'IOPressureHigh', status: 'False', reason: 'NodeHasNoIOPressure', message: 'tasks do not wait for disks', severity: null, advice: null },
  { type: 'MemoryPressureHigh', status: 'False', reason: 'NodeHasMemoryAvailable', message: 'memory is available', severity: null, advice: null },
  { type: 'ClockUnsynchronized', status: 'Unknown', reason: 'ClockStateUnknown', message: 'cannot tell whether the clock is synchronized: adjtimex is not permitted', severity: null, advice: null },
  { type: 'CertificateExpiring', status: 'True', reason: 'CertificateExpired', message: '/var/lib/kubelet/pki/kubelet-client-current.pem: has expired', severity: 'warn', advice: 'renew it; kubelet cannot reach the API server without it' },
  { type: 'UnexpectedListeningPort', status: 'False', reason: 'NoBaseline', message: 'no baseline is configured: not judged', severity: null, advice: null },
];

type Mount = RowOf<'filesystems', 'mounts'>;

function mount([mountPoint, device, type]: readonly [string, string, string], role: Mount['role'], size: number, usedShare: number): Mount {
  const source = `statfs ${mountPoint}`;
  return {
    mountPoint, device, type, role, isReadOnly: type === 'iso9660',
    size: bytes(size, source), used: bytes(Math.round(size * usedShare), source), available: bytes(Math.round(size * (1 - usedShare)), source), usedPercent: percent(usedShare * 100, source),
    ...(type === 'btrfs'
      ? { inodes: noInodes(source, 'count'), inodesUsed: noInodes(source, 'count'), inodesUsedPercent: noInodes(source, 'percent') }
      : { inodes: count(6_553_600, source), inodesUsed: count(412_345, source), inodesUsedPercent: percent(6.3, source) }),
  };
}

function noInodes<U extends Unit>(source: string, unit: U): Value<number, U> {
  return missing('unsupported', 'btrfs has no fixed number of inodes', unit, source);
}

function networkInterface(name: string, kind: string, state: string): RowOf<'network', 'interfaces'> {
  return {
    name, kind, state, address: '02:42:ac:11:00:02', mtu: 1_500, carrierChanges: 2,
    receivedBytes: 812_345_678_901, sentBytes: 93_456_789, receiveErrors: 0, sendErrors: 0, receiveDropped: 12, sendDropped: 0,
  };
}

/** A node with two problems, and with every kind of value that cannot be told. */
export function sampleReport(): NodeReport {
  return {
    apiVersion: REPORT_API_VERSION, kind: REPORT_KIND,
    generatedAt: '2026-11-26T12:38:23.512Z', tookMs: 412, generator: { name: 'npd-plugins', version: '0.1.0' },
    summary: { status: 'problem', problems: 2, unknown: 1 },
    node: {
      name: text('worker-1.eu-central-1.compute.internal', 'environment variable NODE_NAME'), hostname: text('worker-1', '/etc/hostname'),
      os: text('Debian GNU/Linux 12 (bookworm)', '/etc/os-release'), kernel: text('6.18.0-1-amd64', '/proc/sys/kernel/osrelease'), architecture: text('x86_64', 'uname'),
      uptime: ok(3 * 86_400 + 5 * 3_600 + 120, 'seconds', '/proc/uptime'), bootTime: text('2026-11-23T07:36:00Z', STAT), bootId: text('6f1c6f3e-5d0e-4e6a-9d3f-0a1b2c3d4e5f', '/proc/sys/kernel/random/boot_id'),
      timeZone: text('Europe/Berlin', '/etc/localtime'), localTime: text('2026-11-26T13:38:23+01:00', '/etc/localtime'), runtime: text('containerd', '/run/containerd/containerd.sock'), cgroupVersion: count(2, '/sys/fs/cgroup'),
    },
    conditions: { list: list(CONDITIONS, 'check host-inspector') },
    privileges: {
      rung: text('a', '/proc/self'),
      grants: list([
        { rung: 'b' as const, name: 'hostPID', state: 'missing' as const, evidence: '2 PIDs in /proc/self/status, one for each namespace', adds: 'correct pid_max, processes by Pod' },
        { rung: 'c' as const, name: 'hostNetwork', state: 'missing' as const, evidence: '/proc/1/net and our own are two', adds: 'settings of the network namespace' },
        { rung: 'd' as const, name: 'CAP_SYS_PTRACE', state: 'missing' as const, evidence: 'the links of PID 1 are closed', adds: 'who holds a listening socket' },
      ], '/proc/self'),
      lxcfs: flag(false, '/proc/self/mountinfo'),
    },
    resources: {
      cpuCores: count(8, STAT), cpuUsed: ok(1.234, 'cores', STAT), cpuUsedPercent: percent(15.43, STAT), ioWaitPercent: percent(0.2, STAT), stealPercent: percent(0, STAT),
      load1: ok(1.52, 'tasks', '/proc/loadavg'), load5: ok(1.1, 'tasks', '/proc/loadavg'), load15: ok(0.98, 'tasks', '/proc/loadavg'), threads: count(2_345, '/proc/loadavg'),
      memoryTotal: bytes(32 * GIB, MEMINFO), memoryAvailable: bytes(21.5 * GIB, MEMINFO), memoryUsed: bytes(10.5 * GIB, MEMINFO), memoryUsedPercent: percent(32.8, MEMINFO),
      swapEnabled: flag(false, '/proc/swaps'), swapTotal: bytes(0, MEMINFO), swapUsed: bytes(0, MEMINFO), swapUsedPercent: percent(0, MEMINFO), swapAreas: list([], '/proc/swaps'),
      cpuPressure: percent(3.2, '/proc/pressure/cpu'), memoryPressure: percent(0, '/proc/pressure/memory'),
      ioPressure: missing('unsupported', 'this kernel has no pressure stall information', 'percent', '/proc/pressure/io'),
    },
    filesystems: {
      mounts: list([
        mount(['/', '/dev/nvme0n1p1', 'ext4'], 'kubelet', 100 * GIB, 0.412), mount(['/var/lib/containerd', '/dev/nvme1n1', 'xfs'], 'images', 400 * GIB, 0.876),
        mount(['/srv/data with a rather long name of a mount point/and | a pipe', '/dev/mapper/vg-data', 'btrfs'], 'other', 1_800 * GIB, 0.05), mount(['/mnt/cd', '/dev/sr0', 'iso9660'], 'other', 700 * 2 ** 20, 1),
      ], '/proc/1/mountinfo'),
      gaps: list([{ subject: '/mnt/nfs', state: 'error' as const, message: '/mnt/nfs: the file system does not answer (statfs)' }], '/proc/1/mountinfo'),
      total: bytes(2_300 * GIB, 'statfs'), used: bytes(480 * GIB, 'statfs'), mountTable: text('/proc/1/mountinfo', '/proc/1/mountinfo'),
    },
    services: {
      kubelet: flag(true, '/proc/*/comm'), runtime: text('containerd', '/run/containerd/containerd.sock'), runtimeRunning: flag(true, '/proc/*/comm'),
      runtimes: list([{ name: 'containerd', socket: '/run/containerd/containerd.sock', isRunning: true }], '/run'),
      clockSynchronized: missing('denied', 'adjtimex is not permitted by seccomp', '', 'adjtimex'), timeDaemon: text('chronyd', '/proc/*/comm'), journald: flag(true, '/proc/*/comm'), cron: flag(false, '/proc/*/comm'),
      processes: list([{ name: 'kubelet', isRunning: true, pids: 1 }, { name: 'containerd', isRunning: true, pids: 1 }, { name: 'chronyd', isRunning: true, pids: 1 }], '/proc/*/comm'),
    },
    security: {
      selinux: text('Disabled', '/sys/fs/selinux'), apparmor: flag(true, '/sys/module/apparmor/parameters/enabled'), seccomp: flag(true, '/proc/sys/kernel/seccomp'), modules: text('lockdown,capability,yama,apparmor', '/sys/kernel/security/lsm'),
      lockdown: text('none', '/sys/kernel/security/lockdown'), firewall: text('nftables', '/sys/module/nf_tables'), firewalld: flag(false, '/proc/*/comm'), ufw: flag(false, '/etc/ufw/ufw.conf'), nftables: flag(true, '/sys/module/nf_tables'),
      kernelModules: list([{ name: 'overlay', state: 'loaded' as const }, { name: 'br_netfilter', state: 'built-in' as const }, { name: 'ip_vs', state: 'absent' as const }], '/proc/modules'), kernelModuleCount: count(87, '/proc/modules'),
    },
    kernel: {
      sysctls: list([
        { name: 'net.ipv4.ip_forward', setting: missing<string, ''>('not-visible', 'needs hostNetwork: what can be read here belongs to the network namespace of this container', '', '/proc/sys/net/ipv4/ip_forward') },
        { name: 'vm.swappiness', setting: text('60', '/proc/sys/vm/swappiness') }, { name: 'kernel.pid_max', setting: text('4194304', '/proc/sys/kernel/pid_max') },
      ], '/proc/sys'),
      conntrackEntries: count(12_345, '/proc/1/net/stat/nf_conntrack'), conntrackMax: count(262_144, '/proc/sys/net/netfilter/nf_conntrack_max'), conntrackUsedPercent: percent(4.7, '/proc/1/net/stat/nf_conntrack'),
      clockSource: text('kvm-clock', '/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    },
    stability: {
      oomKills: count(3, '/proc/vmstat'), fileHandles: count(12_096, '/proc/sys/fs/file-nr'), fileHandlesMax: count(9_223_372_036_854_775_000, '/proc/sys/fs/file-nr'), processes: count(312, '/proc'), zombies: count(1, '/proc'), uninterruptible: count(0, '/proc'),
      taint: count(4_096, '/proc/sys/kernel/tainted'), taints: list([{ bit: 12, letter: 'O', meaning: 'a module from outside the kernel tree was loaded' }], '/proc/sys/kernel/tainted'),
      rebootRequired: { value: true, unit: '', source: '/run/reboot-required', state: 'stale', message: '/run does not answer, read 3 min ago' },
    },
    network: {
      interfaces: list([networkInterface('eth0', 'physical', 'up'), networkInterface('cilium_host', 'virtual', 'up'), networkInterface('lo', 'loopback', 'unknown')], '/sys/class/net'),
      gaps: list([], '/sys/class/net'),
    },
    ports: {
      listening: list([
        { protocol: 'tcp' as const, family: 'ipv6' as const, address: '::', port: 10_250, scope: 'all' as const, uid: 0, process: null },
        { protocol: 'tcp' as const, family: 'ipv4' as const, address: '127.0.0.1', port: 10_248, scope: 'loopback' as const, uid: 0, process: 'kubelet' },
      ], '/proc/1/net/tcp'),
      gaps: list([], '/proc/1/net/tcp'),
    },
    certificates: {
      found: list([
        { path: '/var/lib/kubelet/pki/kubelet-client-current.pem', subject: 'CN=system:node:worker-1,O=system:nodes', use: 'kubelet to API server', isNeeded: true, notBefore: '2025-11-24T00:00:00Z', notAfter: '2026-11-24T00:00:00Z', daysLeft: -2, status: 'expired' as const },
        { path: '/etc/kubernetes/pki/ca.crt', subject: 'CN=kubernetes', use: 'authority', isNeeded: true, notBefore: '2024-11-24T00:00:00Z', notAfter: '2034-11-22T00:00:00Z', daysLeft: 2_918, status: 'valid' as const },
      ], '/etc/kubernetes'),
      soonest: ok(-2, 'days', '/var/lib/kubelet/pki/kubelet-client-current.pem'), gaps: list([], '/etc/kubernetes'),
    },
    inventory: {
      manufacturer: text('Amazon EC2', 'systeminformation'), model: text('m6i.2xlarge', 'systeminformation'), hypervisor: text('', 'systeminformation'), bios: text('Amazon EC2 1.0 2017-10-16', 'systeminformation'), board: text('Amazon EC2', 'systeminformation'),
      cpuModel: text('Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz', '/proc/cpuinfo'), cpuVendor: text('GenuineIntel', '/proc/cpuinfo'), cpuSockets: count(1, '/proc/cpuinfo'), cpuPhysicalCores: count(4, '/proc/cpuinfo'),
      memory: missing('error', 'the inventory did not end within 10 s', 'bytes', 'systeminformation'),
    },
  };
}

const LONG_NAME = `/var/lib/kubelet/pods/6f1c6f3e-5d0e-4e6a-9d3f-0a1b2c3d4e5f/volumes/${'kubernetes.io~csi-'.repeat(10)}pvc`;

/** A node with hundreds of rows, and with names that have no place to be broken at. */
export function longReport(): NodeReport {
  const report = sampleReport();
  const interfaces = Array.from({ length: 260 }, (_, index) => networkInterface(`lxc${index.toString(16).padStart(12, '0')}`, 'virtual', 'up'));
  return {
    ...report,
    node: { ...report.node, name: text(`node-${'a'.repeat(240)}`, '') },
    conditions: { list: list(CONDITIONS.map((condition) => ({ ...condition, message: `${LONG_NAME}: ${condition.message}` })), '') },
    filesystems: { ...report.filesystems, mounts: list(Array.from({ length: 60 }, (_, index) => mount([`${LONG_NAME}-${index}`, `/dev/disk/by-id/${'x'.repeat(90)}`, 'ext4'], 'other', GIB, 0.5)), '') },
    security: { ...report.security, modules: text('lockdown,capability,landlock,yama,safesetid,selinux,bpf,ima,evm,'.repeat(5), '') },
    network: { ...report.network, interfaces: list(interfaces, '') },
  };
}

/** Keys whose texts are words of the report itself. */
const OWN_WORDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'unit', 'state', 'status', 'severity', 'role', 'protocol', 'family', 'scope', 'generatedAt', 'generator']);

/** The sample in which every text that comes from the host is this one. */
export function reportNaming(name: string): NodeReport {
  return replaced(sampleReport(), '', name) as NodeReport;
}

function replaced(value: unknown, key: string, name: string): unknown {
  if (typeof value === 'string') return OWN_WORDS.has(key) ? value : name;
  if (Array.isArray(value)) return value.map((item) => replaced(item, key, name));
  if (typeof value !== 'object' || value === null || key === 'generator') return value;
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, replaced(inner, member, name)]));
}
