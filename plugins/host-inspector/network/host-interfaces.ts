import { type InterfaceCounters, type NetDevLine, parseInterfaceCounters, parseNetDevLine } from '../../linux/proc/net-dev.ts';
import { type Outcome, readLines, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { type DeviceInterface, type InterfaceNames, isVirtualFunction, readDeviceInterface, readInterfaceNames } from '../../linux/sys/network-interface.ts';

export const NET_DEV = 'proc/1/net/dev';
export const NET_CLASS = '/sys/class/net';

/** An interface of a device of the host, with what it has counted. */
export interface HostInterface extends DeviceInterface {
  readonly counters: InterfaceCounters;
}

export interface HostInterfaces {
  /** Ethernet and InfiniBand of devices, without radio and without virtual functions; in the order of their names. */
  readonly interfaces: readonly HostInterface[];
  /** Of all interfaces of the host. */
  readonly names: InterfaceNames;
  /** How many more there are. */
  readonly leftOut: number;
}

/** A machine with eight GPUs has some twenty; a switch has 128 ports, and runs no kubelet. */
const MOST_INTERFACES = 64;

/** A line has 130 bytes; of 5,000 Pods with two interfaces each. */
const LONGEST_TABLE_BYTES = 4 * 1024 * 1024;

const ETHERNET = 1;
const INFINIBAND = 32;
const RADIO: ReadonlySet<string> = new Set(['wlan', 'wwan', 'bluetooth']);

/**
 * The interfaces of the host, from inside any network namespace: PID 1's table counts those of its namespace, and /sys shows
 * the one that it was mounted in. That the two are the same is proven by their names: else nothing of /sys is told.
 *
 * `absent` and `denied` say what is missing to see them. Rejects for what cannot be read or understood, and with the signal's
 * reason.
 */
export async function readHostInterfaces(root: string, signal: AbortSignal): Promise<Outcome<HostInterfaces>> {
  const read = readProven(root);
  if (read.kind !== 'ok') return read;
  const { names, lines } = read.value;
  const slices = createSlices(signal);
  const interfaces: HostInterface[] = [];
  let leftOut = 0;
  for (const { name, numbers } of lines.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const turn = slices.pause();
    if (turn !== undefined) await turn;
    if (isVirtualFunction(root, name)) continue;
    if (interfaces.length === MOST_INTERFACES) leftOut++;
    const found = leftOut > 0 ? undefined : readDeviceInterface(root, name);
    if (found !== undefined && isCable(found)) interfaces.push({ ...found, counters: parseInterfaceCounters(numbers, `/${NET_DEV}: ${name}`) });
  }
  return { kind: 'ok', value: { interfaces, names, leftOut } };
}

function isCable({ type, kind = '' }: DeviceInterface): boolean {
  return (type === ETHERNET || type === INFINIBAND) && !RADIO.has(kind);
}

interface Proven {
  readonly names: InterfaceNames;
  /** Of the interfaces that belong to a device. */
  readonly lines: readonly NetDevLine[];
}

/** Interfaces of Pods come and go between two reads; that this looks thrice in a row as if they were of two namespaces is no accident. */
const TRIES = 3;

function readProven(root: string): Outcome<Proven> {
  let last: Difference = { strange: undefined, missing: [] };
  let devices: ReadonlySet<string> = new Set();
  for (let time = 0; time < TRIES; time++) {
    const names = readInterfaceNames(root);
    if (names.kind !== 'ok') return without(names, "needs the host's /sys");
    const table = readTable(root, names.value);
    if (table.kind !== 'ok') return without(table, 'hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc');
    const { lines, strange, missing } = table.value;
    last = strange.length === 0 && missing.size === 0 ? { strange: undefined, missing: [] } : difference(table.value, valueOrThrow(readInterfaceNames(root)).all);
    if (last.strange === undefined && last.missing.length === 0) return { kind: 'ok', value: { names: names.value, lines } };
    devices = names.value.all.difference(names.value.virtual);
  }
  // Every namespace has its lo, and a container hardly ever a device: a table without them was cut or is garbage.
  const isBroken = last.strange === undefined || last.missing.some((name) => name === 'lo' || devices.has(name));
  if (isBroken) throw new Error(`/${NET_DEV}: does not list ${last.missing[0] ?? ''}, which is in ${NET_CLASS}`);
  return { kind: 'denied', message: `network interfaces (${NET_CLASS} is not of PID 1's network namespace: needs the host's /sys)` };
}

function without(unread: Exclude<Outcome<unknown>, { readonly kind: 'ok' }>, need: string): Outcome<never> {
  return unread.kind === 'failed' ? unread : { ...unread, message: `network interfaces (${need})` };
}

interface Table {
  readonly lines: readonly NetDevLine[];
  /** In the table and not in /sys: the first of them. */
  readonly strange: readonly string[];
  /** In /sys and not in the table. */
  readonly missing: ReadonlySet<string>;
}

const MOST_STRANGE = 64;

/** Line by line, and only lines of devices are kept, since a node has thousands of others. */
function readTable(root: string, { all, virtual }: InterfaceNames): Outcome<Table> {
  const lines: NetDevLine[] = [];
  const strange: string[] = [];
  const missing = new Set(all);
  let index = 0;
  const read = readLines(root, NET_DEV, LONGEST_TABLE_BYTES, (text) => {
    const line = parseNetDevLine(text, index++, `/${NET_DEV}`);
    if (line === undefined) return;
    missing.delete(line.name);
    if (!all.has(line.name) && strange.length < MOST_STRANGE) strange.push(line.name);
    if (all.has(line.name) && !virtual.has(line.name)) lines.push(line);
  });
  return read.kind === 'ok' ? { kind: 'ok', value: { lines, strange, missing } } : read;
}

interface Difference {
  readonly strange: string | undefined;
  readonly missing: readonly string[];
}

/** What is still different when /sys is read once more: of what came or went meanwhile it agrees with the table now. */
function difference({ strange, missing }: Table, now: ReadonlySet<string>): Difference {
  return { strange: strange.find((name) => !now.has(name)), missing: [...missing].filter((name) => now.has(name)) };
}
