import type { Mask } from './record-mask.ts';
import { NETWORK } from './record-network.ts';
import { expectedPorts, listeningSockets } from './record-sockets.ts';
import type { RecordedFile } from './recorded-file.ts';

/** CPUs of which files and lines are recorded. */
export const MOST_CPUS = 4;

/** Lines of tables that grow with the node. */
const MOST_NEIGHBOURS = 64;

/** By kind and number, as nearly every machine names its disks; what lies in memory or in a file is no disk. */
const DISKS = /^(?:[hsv]d[a-z]{1,3}\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|md\d+(?:p\d+)?|dm-\d+)$/;
/** Disks among them are told by their names. */
const NUMBERED = /^\d+:\d+$/;
const CPUS = new RegExp(`^(?:cpu[0-${MOST_CPUS - 1}]|[a-z_]+)$`);

const LISTENING = 'only sockets that listen; single addresses are replaced';

/** Every file that is recorded, and no other. */
export const RECORDED: readonly RecordedFile[] = [
  { pattern: 'proc/1/mountinfo', keep: mountinfo, change: 'sources, options and folders that not every node has are replaced' },
  { pattern: 'proc/meminfo', keep: form(/^[\w()]+: +\d+(?: kB)?$/) },
  { pattern: 'proc/vmstat', keep: form(/^\w+ \d+$/) },
  { pattern: 'proc/stat', keep: stat, change: `lines of CPUs beyond ${MOST_CPUS} and of single interrupts are left out` },
  { pattern: 'proc/loadavg', keep: form(/^(?:\d+\.\d\d ){3}\d+\/\d+ \d+$/) },
  { pattern: 'proc/uptime', keep: form(/^\d+\.\d\d \d+\.\d\d$/) },
  { pattern: 'proc/pressure/*', keep: form(/^(?:some|full)(?: avg\d+=\d+\.\d\d){3} total=\d+$/) },
  { pattern: 'sys/fs/cgroup/system.slice/*.pressure', keep: form(/^(?:some|full)(?: avg\d+=\d+\.\d\d){3} total=\d+$/) },
  { pattern: 'sys/fs/cgroup/runtime.slice/*.pressure', keep: form(/^(?:some|full)(?: avg\d+=\d+\.\d\d){3} total=\d+$/) },
  { pattern: 'sys/fs/cgroup/unified/system.slice/*.pressure', keep: form(/^(?:some|full)(?: avg\d+=\d+\.\d\d){3} total=\d+$/) },
  { pattern: 'proc/sys/kernel/pid_max', keep: numbers },
  { pattern: 'proc/sys/kernel/threads-max', keep: numbers },
  { pattern: 'proc/sys/kernel/osrelease', keep: (text, mask) => `${mask.release(text.trim())}\n`, change: 'replaced from the first word on that no well-known distribution uses' },
  { pattern: 'proc/sys/kernel/random/boot_id', keep: (text, mask) => `${mask.bootId(text.trim())}\n`, change: 'replaced' },
  { pattern: 'proc/sys/kernel/tainted', keep: numbers },
  // Says by its age when the clock was set; a recording is as fresh as can be.
  { pattern: 'run/systemd/timesync/synchronized', keep: () => '' },
  { pattern: 'proc/self/status', keep: status, change: 'only the numbers of process, parent, user, threads, descriptors and PID namespaces; the name as in comm' },
  { pattern: 'sys/fs/cgroup/kubepods.slice/pids.*', keep: limit },
  { pattern: 'sys/fs/cgroup/kubepods/pids.*', keep: limit },
  { pattern: 'sys/fs/cgroup/pids/kubepods.slice/pids.*', keep: limit },
  { pattern: 'sys/fs/cgroup/pids/kubepods/pids.*', keep: limit },
  { pattern: 'proc/sys/fs/file-nr', keep: numbers },
  { pattern: 'proc/sys/fs/file-max', keep: numbers },
  { pattern: 'proc/sys/fs/inotify/max_user_*', keep: numbers },
  { pattern: 'proc/sys/net/netfilter/nf_conntrack_count', keep: numbers },
  { pattern: 'proc/sys/net/netfilter/nf_conntrack_max', keep: numbers },
  { pattern: 'proc/1/net/stat/nf_conntrack', keep: perCpu, change: `lines of CPUs beyond ${MOST_CPUS} are left out` },
  { pattern: 'proc/1/net/stat/arp_cache', keep: perCpu, change: `lines of CPUs beyond ${MOST_CPUS} are left out` },
  { pattern: 'proc/1/net/stat/ndisc_cache', keep: perCpu, change: `lines of CPUs beyond ${MOST_CPUS} are left out` },
  { pattern: 'proc/1/net/arp', keep: arp, change: `addresses are replaced; entries beyond ${MOST_NEIGHBOURS} are left out` },
  { pattern: 'proc/1/net/tcp', keep: listeningSockets, change: LISTENING },
  { pattern: 'proc/1/net/tcp6', keep: listeningSockets, change: LISTENING },
  { pattern: 'proc/1/net/udp', keep: listeningSockets, change: LISTENING },
  { pattern: 'proc/1/net/udp6', keep: listeningSockets, change: LISTENING },
  { pattern: 'proc/sys/net/ipv4/ip_local_port_range', keep: numbers },
  { pattern: 'etc/npd-plugins/expected-ports', keep: expectedPorts, change: 'addresses are replaced, comments are left out' },
  { pattern: 'proc/sys/net/ipv4/neigh/default/gc_thresh3', keep: numbers },
  { pattern: 'proc/sys/net/ipv6/neigh/default/gc_thresh3', keep: numbers },
  { pattern: 'sys/fs/ext4/*/errors_count', keep: numbers, only: DISKS },
  { pattern: 'sys/fs/ext4/*/first_error_time', keep: numbers, only: DISKS },
  { pattern: 'sys/fs/ext4/*/last_error_time', keep: numbers, only: DISKS },
  { pattern: 'proc/mdstat', keep: form(/^(?:Personalities :.*|unused devices: .*|md\w+ : .*| +[\d[].*| +(?:bitmap|resync|recovery|reshape|check|repair)\b.*|)$/) },
  { pattern: 'proc/spl/kstat/zfs/*/state', keep: form(/^[A-Z]+$/), only: /^r?pool\d*$/ },
  { pattern: 'sys/fs/btrfs/*/devinfo/*/missing', keep: numbers, only: /^(?:[0-9a-f-]{36}|\d+)$/ },
  { pattern: 'sys/fs/btrfs/*/devinfo/*/error_stats', keep: form(/^\w+ \d+$/), only: /^(?:[0-9a-f-]{36}|\d+)$/ },
  { pattern: 'sys/block/*/removable', keep: numbers, only: DISKS },
  { pattern: 'sys/block/*/size', keep: numbers, only: DISKS },
  { pattern: 'sys/block/*/device/state', keep: form(/^[a-z-]+$/), only: DISKS },
  { pattern: 'sys/block/*/device/ioerr_cnt', keep: form(/^0x[0-9a-f]+$/), only: DISKS },
  { pattern: 'sys/class/nvme/*/state', keep: form(/^[A-Za-z ()]+$/) },
  { pattern: 'sys/class/nvme/*/transport', keep: form(/^[a-z]+$/) },
  { pattern: 'sys/dev/block/*/uevent', keep: uevent, only: NUMBERED, change: 'only number and name, of disks only' },
  { pattern: 'sys/devices/system/clocksource/clocksource0/available_clocksource', keep: form(/^[\w -]+$/) },
  { pattern: 'sys/devices/system/edac/mc/mc*/ce_count', keep: numbers },
  { pattern: 'sys/devices/system/edac/mc/mc*/ue_count', keep: numbers },
  { pattern: 'sys/devices/system/edac/mc/mc*/dimm*/dimm_*e_count', keep: numbers },
  { pattern: 'sys/devices/system/edac/mc/mc*/dimm*/dimm_label', keep: form(/^[\w#. -]*$/) },
  { pattern: 'sys/devices/system/edac/mc/mc*/rank*/dimm_*e_count', keep: numbers },
  { pattern: 'sys/devices/system/edac/mc/mc*/rank*/dimm_label', keep: form(/^[\w#. -]*$/) },
  { pattern: 'sys/devices/system/node/node*/memory_failure/total', keep: numbers },
  { pattern: 'sys/devices/system/cpu/online', keep: form(/^[\d,-]+$/) },
  // Says that there are buses where there is no PCI.
  { pattern: 'sys/bus/cpu/drivers_autoprobe', keep: numbers },
  { pattern: 'sys/bus/pci/devices/<nvidia>/vendor', keep: form(/^0x[0-9a-f]{4}$/) },
  { pattern: 'sys/bus/pci/devices/<nvidia>/class', keep: form(/^0x[0-9a-f]{6}$/) },
  { pattern: 'sys/bus/pci/devices/<nvidia>/device', keep: form(/^0x[0-9a-f]{4}$/) },
  { pattern: 'sys/module/nvidia/version', keep: form(/^[\d.]+$/) },
  { pattern: 'proc/driver/nvidia/version', keep: driverVersion, change: 'only the version of the kernel module' },
  { pattern: 'proc/driver/nvidia/gpus/*/information', keep: gpuInformation, only: /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, change: 'only model, address and UUID, which is replaced' },
  { pattern: 'sys/class/hwmon/*/name', keep: form(/^[a-z0-9_]+$/) },
  { pattern: 'sys/class/hwmon/*/temp1_label', keep: form(/^Package id \d+$/) },
  { pattern: 'sys/class/hwmon/*/temp1_input', keep: numbers },
  { pattern: 'sys/class/hwmon/*/temp1_crit', keep: numbers },
  { pattern: 'sys/devices/system/cpu/cpu*/thermal_throttle/*', keep: numbers, only: CPUS, change: `of ${MOST_CPUS} CPUs` },
  { pattern: 'sys/devices/system/cpu/cpu*/topology/physical_package_id', keep: form(/^-?\d+$/), only: CPUS, change: `of ${MOST_CPUS} CPUs` },
  { pattern: 'proc/<pid>/comm', keep: (text, mask) => `${mask.process(text.trim())}\n`, change: 'names of programs that not every node has are replaced' },
  { pattern: 'proc/<pid>/cgroup', keep: cgroup, change: 'ids of Pods and containers and names of other groups are replaced' },
  { pattern: 'proc/<pid>/stat', keep: pidStat, change: 'without the numbers after its start; the name as in comm' },
  { pattern: 'proc/<pid>/limits', keep: form(/^(?:Limit|Max) [\w ]+$/) },
  { pattern: 'proc/<pid>/status', keep: status, change: 'only the numbers of process, parent, user, threads, descriptors and PID namespaces; the name as in comm' },
  { pattern: 'proc/<pid>/fdinfo/<inotify>', keep: watches, change: 'of inotify only, and of its watches only that they are there' },
  ...NETWORK,
  // For the node report.
  { pattern: 'proc/swaps', keep: swaps, change: 'paths that not every node has are replaced' },
  { pattern: 'proc/sys/kernel/arch', keep: form(/^\w+$/) },
  { pattern: 'proc/sys/vm/swappiness', keep: numbers },
  { pattern: 'proc/sys/net/ipv4/ip_forward', keep: numbers },
  { pattern: 'proc/sys/net/core/somaxconn', keep: numbers },
  { pattern: 'proc/sys/kernel/seccomp/actions_avail', keep: form(/^[a-z_ ]+$/) },
  { pattern: 'sys/devices/system/clocksource/clocksource0/current_clocksource', keep: form(/^[\w-]+$/) },
  { pattern: 'sys/kernel/security/lsm', keep: form(/^[a-z,]+$/) },
  { pattern: 'sys/fs/selinux/enforce', keep: form(/^[01]$/) },
  { pattern: 'sys/module/apparmor/parameters/enabled', keep: form(/^[YN]$/) },
  { pattern: 'etc/hostname', keep: (text, mask) => `${mask.hostname(text.trim())}\n`, change: 'replaced' },
  { pattern: 'etc/os-release', keep: osRelease, change: 'only name and version' },
];

/** Programs of a node whose limits count; PID 1 is recorded, too. */
export const NODE_SERVICES: ReadonlySet<string> = new Set(['kubelet', 'containerd', 'dockerd', 'crio', 'chronyd', 'ntpd', 'systemd-timesyn', 'phc2sys']);

/** Text of which every line has this form. */
function form(line: RegExp): (text: string) => string {
  return (text) => {
    for (const [index, found] of text.trimEnd().split('\n').entries()) if (!line.test(found.trimEnd())) throw new Error(`line ${index + 1} has not the form of this file`);
    return text;
  };
}

function numbers(text: string): string {
  return form(/^[\d\s]*$/)(text);
}

function limit(text: string): string {
  return form(/^(?:\d+|max)$/)(text);
}

function mountinfo(text: string, mask: Mask): string {
  return text.trimEnd().split('\n').map((line, index) => {
    const [, ids, root, mountPoint, flags, fsType, source, options] = /^(\d+ \d+ \d+:\d+) (\S+) (\/\S*) (\S+(?: [a-z_]+:\d+| unbindable)*) - (\S+) (\S*) (\S+)$/.exec(line) ?? [];
    if (ids === undefined || root === undefined || mountPoint === undefined || flags === undefined || fsType === undefined || source === undefined || options === undefined) {
      throw new Error(`line ${index + 1} has not the form of this file`);
    }
    // A root that is no path (net:[4026531840], of a namespace) names nobody.
    const shown = root.startsWith('/') ? mask.path(root) : root;
    return `${ids} ${shown} ${mask.path(mountPoint)} ${flags} - ${mask.fsType(fsType)} ${mask.source(source, fsType)} ${mask.options(options)}\n`;
  }).join('');
}

function stat(text: string): string {
  const isKept = (line: string): boolean => Number(/^cpu(\d+) /.exec(line)?.[1] ?? 0) < MOST_CPUS;
  const lines = text.trimEnd().split('\n').filter(isKept).map((line) => line.replace(/^(intr|softirq) (\d+) .*$/, '$1 $2'));
  return form(/^[a-z0-9_]+(?: +\d+)+$/)(`${lines.join('\n')}\n`);
}

function swaps(text: string, mask: Mask): string {
  const masked = text.replaceAll(/^\/\S+/gm, (path) => mask.path(path));
  return form(/^(?:Filename\s+Type\s+Size\s+Used\s+Priority|\/\S+\s+(?:partition|file)\s+\d+\s+\d+\s+-?\d+)$/)(masked);
}

function perCpu(text: string): string {
  const [heading = '', ...lines] = text.trimEnd().split('\n');
  form(/^[a-z_ ]+$/)(heading);
  return `${heading}\n${form(/^[0-9a-f ]+$/)(lines.slice(0, MOST_CPUS).join('\n'))}\n`;
}

function arp(text: string, mask: Mask): string {
  const [heading = '', ...lines] = text.trimEnd().split('\n');
  const entries = lines.slice(0, MOST_NEIGHBOURS).map((line, index) => {
    const [, address, , kinds, hardware, , device] = /^([\d.]+)( +)(0x\w+ +0x\w+ +)([0-9a-f:]+)( +\* +)(\S+)$/.exec(line) ?? [];
    if (address === undefined || kinds === undefined || hardware === undefined || device === undefined) throw new Error(`line ${index + 2} has not the form of this file`);
    return `${mask.address(address).padEnd(16)} ${kinds}${mask.hardwareAddress(hardware)}     *        ${mask.networkDevice(device)}\n`;
  });
  return `${form(/^IP address[\w ]+$/)(heading)}\n${entries.join('')}`;
}

function status(text: string, mask: Mask): string {
  const named = text.replace(/^Name:\t(.*)$/m, (_, name: string) => `Name:\t${mask.process(name)}`);
  const kept = named.split('\n').filter((line) => /^(?:Name|State|Tgid|NStgid|Pid|PPid|Uid|NSpid|FDSize|Threads|(?:non)?voluntary_ctxt_switches):/.test(line));
  return `${form(/^\w+:(?:\t\d+)+$|^State:\t[A-Z] \([a-z ]+\)$|^Name:\t[\w.-]+$/)(kept.join('\n'))}\n`;
}

/** Up to its start, field 22 of proc_pid_stat(5); beyond it stand addresses. */
function pidStat(text: string, mask: Mask): string {
  const [, pid, name, numbers] = /^(\d+) \((.*)\) ([A-Za-z](?: -?\d+){19}) .*\n$/s.exec(text) ?? [];
  if (pid === undefined || name === undefined || numbers === undefined) throw new Error('has not the form of this file');
  return `${pid} (${mask.process(name)}) ${numbers} 0 0\n`;
}

function uevent(text: string): string {
  const kept = text.split('\n').filter((line) => /^(?:MAJOR|MINOR|DEVNAME|DEVTYPE)=/.test(line));
  const name = kept.find((line) => line.startsWith('DEVNAME='))?.slice('DEVNAME='.length) ?? '';
  if (!DISKS.test(name)) throw new Error('not a disk by its name');
  return `${form(/^[A-Z]+=\w+$|^DEVNAME=[\w!-]+$/)(kept.join('\n'))}\n`;
}

/** One line per watch, see proc_pid_fdinfo(5). */
function watches(text: string): string {
  return (text.match(/^inotify wd:[0-9a-f]+(?= )/gm) ?? []).map((line) => `${line}\n`).join('');
}

function cgroup(text: string, mask: Mask): string {
  return text.trimEnd().split('\n').map((line, index) => {
    const [, controllers, path] = /^(\d+:(?:[a-z_,]*|name=systemd)):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) throw new Error(`line ${index + 1} has not the form of this file`);
    return `${controllers}:${mask.path(path)}\n`;
  }).join('');
}

function driverVersion(text: string): string {
  const [line = ''] = text.split('\n');
  return form(/^NVRM version: NVIDIA UNIX (?:Open )?(?:\w+ )?Kernel Module(?: for \w+)? +[\d.]+$/)(`${line.replace(/( Kernel Module(?: for \w+)? +[\d.]+ ).*$/, '$1')}\n`);
}

function gpuInformation(text: string, mask: Mask): string {
  const kept = text.split('\n').filter((line) => /^(?:Model|GPU UUID|Bus Location):/.test(line));
  const masked = kept.map((line) => line.replace(/(?<=GPU-)[0-9a-f-]{36}$/, mask.bootId));
  return `${form(/^Model:[\t ]+[\w ./()+-]+$|^GPU UUID:[\t ]+GPU-[0-9a-f?-]+$|^Bus Location:[\t ]+[0-9a-f:.]+$/)(masked.join('\n'))}\n`;
}

function osRelease(text: string): string {
  return text.split('\n').filter((line) => /^(?:ID|NAME|PRETTY_NAME|VERSION_ID)=["\w. ()/-]+$/.test(line)).map((line) => `${line}\n`).join('');
}

