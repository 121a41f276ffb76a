import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Write = (path: string, text: string) => void;

/** An interface of the tree; by default a card with a link. */
export interface TreeInterface {
  /** Names without a device are Pods', bridges and the like. */
  readonly isVirtual?: boolean;
  readonly flags?: string;
  readonly operState?: string;
  readonly linkChanges?: number;
  readonly address?: string;
  readonly type?: number;
  /** Of a WLAN: `wlan`. */
  readonly kind?: string;
  readonly isVirtualFunction?: boolean;
  readonly master?: string;
  readonly bondStatus?: string;
  /** Received and sent. */
  readonly packets?: readonly [number, number];
  readonly errors?: readonly [number, number];
  readonly drops?: readonly [number, number];
}

const HEADER =
  'Inter-|   Receive                                                |  Transmit\n' +
  ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';

/** What a node has: its card, and beside it only what is virtual. */
export const INTERFACES: Readonly<Record<string, TreeInterface>> = {
  lo: { isVirtual: true, flags: '0x9', operState: 'unknown', linkChanges: 0, address: '00:00:00:00:00:00', type: 772 },
  eth0: {},
  cni0: { isVirtual: true },
  veth1f00: { isVirtual: true, operState: 'down', errors: [9_000, 9_000] },
};

/** As /proc/1/net/dev and /sys show them, in place of those before. */
export function writeInterfaces(root: string, write: Write, interfaces: Readonly<Record<string, TreeInterface>>): void {
  for (const folder of [CLASS, VIRTUAL]) {
    rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(join(root, folder), { recursive: true });
  }
  interfaceWriter(root, write)(interfaces);
}

const CLASS = 'sys/class/net';
const VIRTUAL = 'sys/devices/virtual/net';

/** As `writeInterfaces`, for a host that is written again and again: it writes what has changed since it wrote the last time. */
export function interfaceWriter(root: string, write: Write): (interfaces: Readonly<Record<string, TreeInterface>>) => void {
  let before: Readonly<Record<string, TreeInterface>> = {};
  return (interfaces) => {
    write('proc/1/net/dev', HEADER + Object.entries(interfaces).map(([name, its]) => lineOf(name, its)).join(''));
    for (const name of Object.keys(before)) {
      if (interfaces[name] === undefined) for (const folder of [CLASS, VIRTUAL]) rmSync(join(root, folder, name), { recursive: true, force: true });
    }
    for (const [index, [name, its]] of Object.entries(interfaces).entries()) writeChanges(root, write, { name, index: index + 1, its, before: before[name] });
    before = interfaces;
  };
}

interface Change {
  readonly name: string;
  readonly index: number;
  readonly its: TreeInterface;
  readonly before: TreeInterface | undefined;
}

function writeChanges(root: string, write: Write, { name, index, its, before }: Change): void {
  const old = before === undefined ? {} : filesOf(name, index, before);
  for (const [file, text] of Object.entries(filesOf(name, index, its))) if (old[file] !== text) write(`${CLASS}/${name}/${file}`, `${text}\n`);
  if (before !== undefined) return;
  if (its.isVirtual === true) write(`${VIRTUAL}/${name}/type`, `${its.type ?? 1}\n`);
  const links = { ...(its.master === undefined ? {} : { master: `../${its.master}` }), ...(its.isVirtualFunction === true ? { 'device/physfn': '../0000:01:00.0' } : {}) };
  for (const [link, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, CLASS, name, link)), { recursive: true });
    symlinkSync(target, join(root, CLASS, name, link));
  }
}

function lineOf(name: string, { packets: [received, sent] = [0, 0], errors: [bad, unsent] = [0, 0], drops: [dropped, lost] = [0, 0] }: TreeInterface): string {
  return `${name.padStart(6)}: ${received * 100} ${received}  ${bad} ${dropped}    0     0          0         0 ${sent * 100} ${sent} ${unsent} ${lost}    0     0       0          0\n`;
}

function filesOf(name: string, index: number, its: TreeInterface): Readonly<Record<string, string>> {
  const { flags = '0x1003', operState = 'up', linkChanges = 2, address = `02:00:00:00:01:${index.toString(16).padStart(2, '0')}`, type = 1, kind, bondStatus } = its;
  // Of a virtual one nobody reads more.
  if (its.isVirtual === true) return { operstate: operState };
  return {
    flags, operstate: operState, carrier_changes: String(linkChanges), address, type: String(type),
    uevent: `${kind === undefined ? '' : `DEVTYPE=${kind}\n`}INTERFACE=${name}\nIFINDEX=${index}`,
    ...(bondStatus === undefined ? {} : { 'bonding_slave/mii_status': bondStatus, 'bonding_slave/perm_hwaddr': `02:00:00:00:02:${index.toString(16).padStart(2, '0')}` }),
  };
}

/** /proc/1/net/netstat as a Linux of long ago had it, with so many connections refused since boot. */
export function netstatOf(listenOverflows: number): string {
  return `TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 ${listenOverflows} ${listenOverflows}\nIpExt: InNoRoutes\nIpExt: 0\n`;
}

const FILES: Readonly<Record<string, string>> = {
  'proc/1/net/netstat': netstatOf(3),
  'proc/1/net/snmp': 'Tcp: MaxConn OutSegs RetransSegs OutRsts\nTcp: -1 54915039 227 1003\nUdp: RcvbufErrors SndbufErrors\nUdp: 9 8\n',
  'proc/1/net/sockstat': 'sockets: used 229\nTCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1\nUDP: inuse 0 mem 0\n',
  'proc/1/net/sockstat6': 'TCP6: inuse 17\nUDP6: inuse 9\n',
  'proc/1/net/softnet_stat': '00049279 00000000 00000001 00000000 00000000 00000000 00000000 00000000 00000000\n000dfb82 00000029 0000000a 00000000 00000000 00000000 00000000 00000000 00000000\n',
};

/** Writes the network of the host below `root`. */
export function writeNetwork(root: string, write: Write): void {
  writeInterfaces(root, write, INTERFACES);
  for (const [path, text] of Object.entries(FILES)) write(path, text);
}
