import { parseNetStat } from '../../linux/proc/net-stat.ts';
import { isAtLeast, parseOsrelease } from '../../linux/proc/osrelease.ts';
import { parsePidStatus } from '../../linux/proc/pid-status.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText } from '../../linux/read.ts';
import type { Value } from './fields.ts';
import type { RowOf, SectionOf } from './model.ts';
import { type Source, attempt, percentOf, readSource, sourceOf, stateOf, told, untold } from './values.ts';

type Kernel = SectionOf<'kernel'>;
type SysctlRow = RowOf<'kernel', 'sysctls'>;

/** Those of a network namespace, which show the reader's own through whichever /proc they are read. */
const OF_NETWORK = [
  'net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding', 'net.core.somaxconn', 'net.ipv4.tcp_max_syn_backlog', 'net.ipv4.ip_local_port_range',
  'net.ipv4.conf.all.rp_filter', 'net.bridge.bridge-nf-call-iptables',
] as const;

/** Those of the whole host. */
const OF_HOST = [
  'vm.swappiness', 'vm.overcommit_memory', 'vm.panic_on_oom', 'vm.max_map_count', 'vm.min_free_kbytes', 'kernel.panic', 'kernel.panic_on_oops',
  'kernel.threads-max', 'fs.file-max', 'fs.nr_open', 'fs.inotify.max_user_instances', 'fs.inotify.max_user_watches', 'fs.aio-max-nr',
] as const;

/** There in the initial network namespace alone, see checks/conntrack.ts. */
const INITIAL_ONLY = 'proc/sys/net/ipv4/neigh/default/gc_thresh3';

/** Settings of the kernel, and what depends on them. */
export function readKernel(root: string): Kernel {
  const isHostNetwork = readText(root, INITIAL_ONLY).kind === 'ok';
  const rows = [
    ...OF_NETWORK.map((name): SysctlRow => ({ name, setting: isHostNetwork ? readSetting(root, name) : hidden(name, 'needs hostNetwork') })),
    ...OF_HOST.map((name): SysctlRow => ({ name, setting: readSetting(root, name) })),
    { name: 'kernel.pid_max', setting: isHostPid(root) ? readSetting(root, 'kernel.pid_max') : hidden('kernel.pid_max', 'needs hostPID since Linux 6.14') },
  ];
  return { sysctls: told('', rows, '/proc/sys'), ...readConntrack(root, isHostNetwork), clockSource: readClockSource(root) };
}

/** `net.ipv4.conf.all.rp_filter` is the file net/ipv4/conf/all/rp_filter. */
function pathOf(name: string): string {
  return `proc/sys/${name.replaceAll('.', '/')}`;
}

function readSetting(root: string, name: string): Value<string, ''> {
  return readSource(root, pathOf(name), (text) => text.trim().replaceAll(/\s+/g, ' ')).tell('', (setting) => setting);
}

function hidden(name: string, grant: string): Value<string, ''> {
  return untold('', `/${pathOf(name)}`, 'not-visible', `${name}: this container's own, not the host's (${grant})`);
}

/** Before Linux 6.14 there is one for all PID namespaces. */
function isHostPid(root: string): boolean {
  const version = readSource(root, 'proc/sys/kernel/osrelease', parseOsrelease).outcome;
  if (version.kind === 'ok' && !isAtLeast(version.value, 6, 14)) return true;
  const status = readSource(root, 'proc/self/status', parsePidStatus).outcome;
  return status.kind === 'ok' && status.value.pids?.length === 1;
}

/** PID 1's file has the host's, nf_conntrack_count the reader's. The limit is one for all namespaces. */
function readConntrack(root: string, isHostNetwork: boolean): Pick<Kernel, 'conntrackEntries' | 'conntrackMax' | 'conntrackUsedPercent'> {
  const max = readSource(root, 'proc/sys/net/netfilter/nf_conntrack_max', parseNumberFile);
  const entries = readEntries(root, isHostNetwork, max);
  return {
    conntrackEntries: entries,
    conntrackMax: max.outcome.kind === 'absent' ? untold('count', max.name, 'unsupported', 'nf_conntrack is not loaded') : max.tell('count', (limit) => limit),
    conntrackUsedPercent: typeof entries.value === 'number' && max.outcome.kind === 'ok'
      ? told('percent', percentOf(entries.value, max.outcome.value), entries.source)
      : untold('percent', entries.source, entries.state === 'ok' || entries.state === 'stale' ? 'error' : entries.state, entries.message ?? 'no limit to compare with'),
  };
}

function readEntries(root: string, isHostNetwork: boolean, max: Source<number>): Value<number, 'count'> {
  const first = readSource(root, 'proc/1/net/stat/nf_conntrack', parseNetStat);
  if (first.outcome.kind !== 'absent') return first.tell('count', ({ entries }) => entries);
  if (max.outcome.kind === 'absent') return untold('count', first.name, 'unsupported', 'nf_conntrack is not loaded');
  const own = readSource(root, 'proc/sys/net/netfilter/nf_conntrack_count', parseNumberFile);
  if (isHostNetwork) return own.tell('count', (count) => count);
  return untold('count', own.name, 'not-visible', `tracked connections: this container's own, not the host's (needs hostNetwork where ${first.name} is missing)`);
}

function readClockSource(root: string): Kernel['clockSource'] {
  const path = 'sys/devices/system/clocksource/clocksource0/current_clocksource';
  const file = readText(root, path);
  if (file.kind !== 'ok') return untold('', `/${path}`, stateOf(file.kind), file.message);
  return sourceOf(`/${path}`, attempt(() => file.value.trim())).tell('', (name) => name);
}
