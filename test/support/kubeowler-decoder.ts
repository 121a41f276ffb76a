/**
 * Reads a node document exactly as Kubeowler v0.1.2 does: serde's derive over the structs of its src/node_inspection/types.rs,
 * of the whole log of the container, trimmed. Keys that it does not know are an error here, since it would lose them.
 */

type Decode = (value: unknown, where: string) => void;

function refuse(where: string, expected: string, value: unknown): never {
  throw new Error(`${where}: expected ${expected}, got ${JSON.stringify(value)}`);
}

const text: Decode = (value, where) => {
  if (typeof value !== 'string') refuse(where, 'a string', value);
};
const bool: Decode = (value, where) => {
  if (typeof value !== 'boolean') refuse(where, 'a bool', value);
};
const f64: Decode = (value, where) => {
  if (typeof value !== 'number') refuse(where, 'a number', value);
};
const whole = (least: number, most: number): Decode => (value, where) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) refuse(where, 'a whole number in its range', value);
};
const u32 = whole(0, 2 ** 32 - 1);
const u64 = whole(0, 2 ** 64);
const i64 = whole(-(2 ** 63), 2 ** 63);
const option = (decode: Decode): Decode => (value, where) => {
  if (value !== null) decode(value, where);
};
const list = (decode: Decode): Decode => (value, where) => {
  if (!Array.isArray(value)) refuse(where, 'an array', value);
  for (const [index, item] of value.entries()) decode(item, `${where}[${index}]`);
};
const mapOf = (decode: Decode): Decode => (value, where) => {
  for (const [key, item] of Object.entries(objectOf(value, where))) decode(item, `${where}.${key}`);
};

function objectOf(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(where, 'an object', value);
  return value as Record<string, unknown>;
}

/** All fields are there, in whatever order, and no others. */
const struct = (fields: Readonly<Record<string, Decode>>): Decode => (value, where) => {
  const found = objectOf(value, where);
  const [keys, known] = [Object.keys(found).toSorted(), Object.keys(fields).toSorted()];
  if (keys.join(' ') !== known.join(' ')) refuse(where, `the fields ${known.join(' ')}`, keys);
  for (const [key, decode] of Object.entries(fields)) decode(found[key], `${where}.${key}`);
};

const status = { status: text, detail: text };

const DOCUMENT = struct({
  node_name: text,
  hostname: text,
  timestamp: text,
  timestamp_local: option(text),
  runtime: text,
  os_version: option(text),
  kernel_version: option(text),
  uptime: option(text),
  resources: struct({
    cpu_cores: option(u32), cpu_used: option(f64), cpu_used_pct: option(f64),
    memory_total_mib: option(u64), memory_used_mib: option(u64), memory_used_pct: option(f64),
    root_disk_pct: option(f64), disk_total_g: option(f64), disk_used_g: option(f64), disk_used_pct: option(f64),
    load_1m: option(text), load_5m: option(text), load_15m: option(text),
    swap_enabled: option(bool), swap_total_g: option(f64), swap_used_g: option(f64), swap_used_pct: option(f64),
    ...status,
  }),
  container_state_counts: option(mapOf(u32)),
  services: struct({
    runtime: text, journald_active: option(bool), crontab_present: option(bool), ntp_synced: option(bool), kubelet_running: option(bool),
    container_runtime_running: option(bool), ...status,
  }),
  security: struct({
    selinux: option(text), firewalld_active: option(bool), ipvs_loaded: option(bool), br_netfilter_loaded: option(bool), overlay_loaded: option(bool),
    nf_conntrack_loaded: option(bool), nf_conntrack_count: option(u64), nf_conntrack_max: option(u64), ...status,
  }),
  stability: option(struct({ inode_used_pct: option(f64), oom_kill_count: option(u64), file_nr_open: option(u64), file_nr_max: option(u64) })),
  kernel: struct({ net_ipv4_ip_forward: option(text), vm_swappiness: option(text), net_core_somaxconn: option(text), ...status }),
  zombie_count: option(u32),
  issue_count: u32,
  node_certificates: option(list(struct({ path: text, expiration_date: text, days_remaining: i64, status: text }))),
  node_disks: option(list(struct({ device: text, mount_point: text, fstype: text, total_g: option(f64), used_g: option(f64), used_pct: option(f64) }))),
});

/** What the tests look at of it. */
export interface KubeowlerDocument {
  readonly node_name: string;
  readonly hostname: string;
  readonly timestamp: string;
  readonly timestamp_local: string;
  readonly runtime: string;
  readonly uptime: string;
  readonly resources: KubeowlerPart;
  readonly services: KubeowlerPart;
  readonly security: KubeowlerPart;
  readonly kernel: KubeowlerPart;
  readonly stability: Readonly<Record<string, number | null>>;
  readonly zombie_count: number | null;
  readonly issue_count: number;
  readonly node_certificates: readonly Readonly<Record<string, unknown>>[];
  readonly node_disks: readonly Readonly<Record<string, unknown>>[];
}

interface KubeowlerPart {
  readonly status: string;
  readonly detail: string;
  readonly [key: string]: unknown;
}

/** Throws what serde would, and for anything that is not one line of JSON. */
export function decodeKubeowler(log: string): KubeowlerDocument {
  if (!/^\{[^\n]*\}\n$/.test(log)) throw new Error(`expected one line of JSON, got ${JSON.stringify(log.slice(0, 200))}`);
  // serde_json refuses half a surrogate pair.
  if (/\\ud[89a-f]/i.test(log) || !log.isWellFormed()) throw new Error('half a surrogate pair');
  const document: unknown = JSON.parse(log.trim());
  DOCUMENT(document, 'document');
  const { timestamp, resources, services, security, kernel } = document as KubeowlerDocument;
  // chrono's DateTime::parse_from_rfc3339 decides how old it is.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) throw new Error(`timestamp: ${timestamp}`);
  for (const part of [resources, services, security, kernel]) if (!['ok', 'warning', 'error'].includes(part.status)) throw new Error(`status: ${part.status}`);
  return document as KubeowlerDocument;
}
