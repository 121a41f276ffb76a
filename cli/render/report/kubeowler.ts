import type { Value } from '../../../plugins/host-inspector/report/fields.ts';
import type { NodeReport } from '../../../plugins/host-inspector/report/model.ts';
import { issueCount, statusOf } from './kubeowler-status.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/**
 * The document that Kubeowler's node inspector prints (v0.1.2: scripts/node-check-universal.sh, read into
 * src/node_inspection/types.rs), on one line: all of its fields, and no other. What could not be told is null where the
 * reader allows it and '' where it does not.
 */
export function render(report: NodeReport): string {
  // Not only names may hold bytes that are no UTF-8: half a surrogate pair would not be accepted.
  return `${JSON.stringify(documentOf(report), wellFormed)}\n`;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function documentOf(report: NodeReport): unknown {
  const { node, resources, kernel, stability, filesystems, certificates } = report;
  const { name } = node;
  return {
    node_name: name.value ?? '',
    hostname: node.hostname.value ?? name.value ?? '',
    timestamp: report.generatedAt,
    // `+0800` where RFC 3339 has `+08:00`, as date(1) prints %z.
    timestamp_local: node.localTime.value?.replace(/:(?=\d\d$)/, '') ?? '',
    runtime: runtimeOf(report),
    os_version: node.os.value?.slice(0, 200) ?? '',
    kernel_version: node.kernel.value ?? '',
    uptime: node.uptime.value === null ? '' : uptimeText(node.uptime.value),
    resources: { ...resourcesOf(resources), ...disksOf(filesystems), ...loadAndSwapOf(resources), ...statusOf(report, 'resources') },
    services: { ...servicesOf(report), ...statusOf(report, 'services') },
    security: { ...securityOf(report), ...statusOf(report, 'security') },
    kernel: {
      net_ipv4_ip_forward: sysctl(kernel, 'net.ipv4.ip_forward'),
      vm_swappiness: sysctl(kernel, 'vm.swappiness'),
      net_core_somaxconn: sysctl(kernel, 'net.core.somaxconn'),
      ...statusOf(report, 'kernel'),
    },
    stability: {
      inode_used_pct: rootOf(filesystems)?.inodesUsedPercent.value ?? null,
      oom_kill_count: stability.oomKills.value,
      file_nr_open: stability.fileHandles.value,
      file_nr_max: wholeNumber(stability.fileHandlesMax),
    },
    // Kubeowler counts the containers itself.
    container_state_counts: {},
    zombie_count: stability.zombies.value,
    issue_count: issueCount(report),
    node_certificates: certificatesOf(certificates),
    node_disks: diskRows(filesystems),
  };
}

/** What a Kubernetes distribution brings along is a containerd. */
function runtimeOf({ services: { runtime } }: NodeReport): string {
  if (runtime.value === null || runtime.value === 'none') return 'unknown';
  return ['docker', 'cri-o'].includes(runtime.value) ? runtime.value : 'containerd';
}

/** In their words, e.g. `5 day(s) 23 hour(s)`. */
function uptimeText(seconds: number): string {
  const parts = (unit: number, per: number): readonly [number, number] => [Math.floor(seconds / unit), Math.floor((seconds % unit) / per)];
  const [days, hoursMore] = parts(86_400, 3_600);
  if (days > 0) return hoursMore > 0 ? `${days} day(s) ${hoursMore} hour(s)` : `${days} day(s)`;
  const [hours, minutesMore] = parts(3_600, 60);
  if (hours > 0) return minutesMore > 0 ? `${hours} hour(s) ${minutesMore} min` : `${hours} hour(s)`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds)} sec`;
}

type Fields = Readonly<Record<string, number | string | boolean | null>>;

function resourcesOf(resources: NodeReport['resources']): Fields {
  return {
    cpu_cores: resources.cpuCores.value,
    cpu_used: resources.cpuUsed.value,
    cpu_used_pct: resources.cpuUsedPercent.value,
    memory_total_mib: scaled(resources.memoryTotal, (bytes) => Math.floor(bytes / MIB)),
    memory_used_mib: scaled(resources.memoryUsed, (bytes) => Math.floor(bytes / MIB)),
    memory_used_pct: resources.memoryUsedPercent.value,
  };
}

function disksOf(filesystems: NodeReport['filesystems']): Fields {
  const { total, used } = filesystems;
  return {
    root_disk_pct: scaled(rootOf(filesystems)?.usedPercent, Math.ceil),
    disk_total_g: scaled(total, (bytes) => rounded(bytes / GIB, 1)),
    disk_used_g: scaled(used, (bytes) => rounded(bytes / GIB, 1)),
    disk_used_pct: total.value === null || used.value === null || total.value === 0 ? null : rounded((used.value / total.value) * 100, 1),
  };
}

function load({ value }: Value<number>): string {
  return value?.toFixed(2) ?? '';
}

function loadAndSwapOf(resources: NodeReport['resources']): Fields {
  return {
    load_1m: load(resources.load1),
    load_5m: load(resources.load5),
    load_15m: load(resources.load15),
    swap_enabled: resources.swapEnabled.value,
    swap_total_g: scaled(resources.swapTotal, (bytes) => rounded(bytes / GIB, 2)),
    swap_used_g: scaled(resources.swapUsed, (bytes) => rounded(bytes / GIB, 2)),
    swap_used_pct: resources.swapUsedPercent.value,
  };
}

function servicesOf(report: NodeReport): Fields {
  const { services } = report;
  return {
    runtime: runtimeOf(report),
    ntp_synced: services.clockSynchronized.value,
    journald_active: services.journald.value,
    crontab_present: services.cron.value,
    kubelet_running: services.kubelet.value,
    container_runtime_running: services.runtimeRunning.value,
  };
}

function securityOf({ security, kernel }: NodeReport): Fields {
  const has = (name: string): boolean | null => {
    const state = security.kernelModules.value?.find((module) => module.name === name)?.state;
    return state === undefined || state === 'unknown' ? null : state !== 'absent';
  };
  return {
    selinux: security.selinux.value ?? 'unknown',
    firewalld_active: security.firewalld.value,
    ipvs_loaded: has('ip_vs'),
    br_netfilter_loaded: has('br_netfilter'),
    overlay_loaded: has('overlay'),
    nf_conntrack_loaded: has('nf_conntrack'),
    nf_conntrack_count: kernel.conntrackEntries.value,
    nf_conntrack_max: kernel.conntrackMax.value,
  };
}

function sysctl({ sysctls }: NodeReport['kernel'], name: string): string | null {
  return sysctls.value?.find((row) => row.name === name)?.setting.value ?? null;
}

function rootOf({ mounts }: NodeReport['filesystems']): NonNullable<NodeReport['filesystems']['mounts']['value']>[number] | undefined {
  return mounts.value?.find(({ mountPoint }) => mountPoint === '/');
}

function diskRows({ mounts }: NodeReport['filesystems']): readonly Fields[] {
  return (mounts.value ?? []).map(({ device, mountPoint, type, size, used, usedPercent }) => ({
    device,
    mount_point: mountPoint,
    fstype: type,
    total_g: scaled(size, (bytes) => rounded(bytes / GIB, 2)),
    used_g: scaled(used, (bytes) => rounded(bytes / GIB, 2)),
    used_pct: usedPercent.value,
  }));
}

const CERTIFICATE_WORDS = { 'valid': 'Valid', 'not-yet-valid': 'Valid', 'expiring': 'Expiring soon', 'expired': 'Expired' } as const;

function certificatesOf({ found }: NodeReport['certificates']): readonly Fields[] {
  // Of what nobody needs it would make a critical issue.
  return (found.value ?? []).filter(({ isNeeded }) => isNeeded).map(({ path, notAfter, daysLeft, status }) => ({
    path,
    expiration_date: opensslDate(notAfter),
    days_remaining: daysLeft,
    status: CERTIFICATE_WORDS[status],
  }));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `Jan  2 04:05:42 2126 GMT`, as ASN1_TIME_print(3) writes it. */
function opensslDate(iso: string): string {
  const [, year = '', month = '', day = '', time = ''] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(iso) ?? [];
  return `${MONTHS[Number(month) - 1] ?? ''} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}

function scaled(value: Value<number> | undefined, scale: (value: number) => number): number | null {
  return value === undefined || value.value === null ? null : scale(value.value);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** 2^63 - 1, which is no limit, is no double: without this it would be printed as a number larger by 193. */
function wholeNumber({ value }: Value<number>): unknown {
  return value === null || value < 2 ** 63 ? value : rawJson(String(2n ** 63n - 1n));
}

/** `JSON.rawJSON` of ECMAScript 2026, which the compiler does not know yet. */
const { rawJSON: rawJson } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
