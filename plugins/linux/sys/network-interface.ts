import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { parseCount } from '../../core/decode.ts';
import { ParseError, codeOf } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { type Outcome, describePath, hostPath, readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from './folder.ts';

const FOLDER = 'sys/class/net';

/** Virtual devices are those without a parent: `get_device_parent` of drivers/base/core.c. */
const VIRTUAL = 'sys/devices/virtual/net';

/**
 * Names of all interfaces in the network namespace that this sysfs was mounted in, and of the virtual ones among them: bridges,
 * tunnels, veth of Pods, bonds, lo. All others belong to a device. Two folders tell, however many there are.
 */
export interface InterfaceNames {
  readonly all: ReadonlySet<string>;
  readonly virtual: ReadonlySet<string>;
}

/** `absent` without a /sys; a part of it that cannot be read is `failed`. */
export function readInterfaceNames(root: string): Outcome<InterfaceNames> {
  const all = listKernelFolder(root, FOLDER);
  if (all.kind !== 'ok') return all.kind === 'absent' ? all : { ...all, kind: 'failed' };
  const virtual = listKernelFolder(root, VIRTUAL);
  // Every network namespace has its lo.
  if (virtual.kind !== 'ok') return { ...virtual, kind: 'failed' };
  // A file that the driver of bonds adds beside the interfaces.
  return { kind: 'ok', value: { all: new Set(all.value.filter((name) => name !== 'bonding_masters')), virtual: new Set(virtual.value) } };
}

/** An interface of a device, such as a network card. */
export interface DeviceInterface {
  readonly name: string;
  /** ARPHRD_* of linux/if_arp.h: 1 is Ethernet, 32 InfiniBand. */
  readonly type: number;
  /** `wlan`, `wwan` and others; undefined for a plain one. */
  readonly kind: string | undefined;
  /** As it is now, `02:fc:00:00:00:01`; '' for none. */
  readonly address: string;
  /** Somebody wants it to work: `ip link set up`. */
  readonly isEnabled: boolean;
  /** RFC 2863: `up`, `down`, `dormant`; `unknown` where the driver does not tell. Also `down` while it is not enabled. */
  readonly operState: string;
  /** How often the link went or came since the interface was made, both counted. Since Linux 3.15. */
  readonly linkChanges: number | undefined;
  /** The bond, bridge or the like that it is a part of. */
  readonly master: string | undefined;
  /** As the bond sees it, if it is a part of one; see `BondStatus`. */
  readonly bondStatus: string | undefined;
}

/** Flag IFF_UP of linux/if.h. */
const ENABLED = 0x1;

const OPER_STATES: ReadonlySet<string> = new Set(['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up']);

/**
 * Reads /sys/class/net/<name>, see Documentation/ABI/testing/sysfs-class-net. Undefined when it has gone meanwhile. Throws for
 * what cannot be read or understood.
 *
 * Never `carrier`, `speed` or `duplex`: since Linux 6.8 all of them wait for the one lock of all interfaces (rtnl), and the
 * reader with it as long as a driver holds it, be it for ever. What is read here waits for nobody.
 */
export function readDeviceInterface(root: string, name: string): DeviceInterface | undefined {
  const read = (file: string): string | undefined => readLine(root, `${FOLDER}/${name}/${file}`);
  const [type, flags, operState, address, uevent] = ['type', 'flags', 'operstate', 'address', 'uevent'].map(read);
  if (type === undefined || flags === undefined || operState === undefined || address === undefined || uevent === undefined) return undefined;
  const where = (file: string): string => `/${FOLDER}/${name}/${file}`;
  const changes = read('carrier_changes');
  const master = linkTarget(root, `${FOLDER}/${name}/master`);
  return {
    name,
    type: parseCount(type, where('type')),
    kind: parseKind(uevent, where('uevent')),
    address: parseAddress(address, where('address')),
    isEnabled: (parseFlags(flags, where('flags')) & ENABLED) !== 0,
    operState: parseOperState(operState, where('operstate')),
    linkChanges: changes === undefined ? undefined : parseCount(changes, where('carrier_changes')),
    master,
    bondStatus: master === undefined ? undefined : read('bonding_slave/mii_status'),
  };
}

/** Is it a virtual function of another interface (SR-IOV)? Told apart from the others, since a card may have hundreds. */
export function isVirtualFunction(root: string, name: string): boolean {
  return linkTarget(root, `${FOLDER}/${name}/device/physfn`) !== undefined;
}

/** Of a part of a bond: its own address, while all parts answer to the bond's. Undefined where it is not told. */
export function readPermanentAddress(root: string, name: string): string | undefined {
  const path = `${FOLDER}/${name}/bonding_slave/perm_hwaddr`;
  const line = readLine(root, path);
  return line === undefined ? undefined : parseAddress(line, `/${path}`);
}

/** Without the newline. Of an interface that is being taken away all that is read is EINVAL. */
function readLine(root: string, path: string): string | undefined {
  const outcome = readText(root, path, { maxBytes: 4096 });
  if (outcome.kind === 'absent' || (outcome.kind === 'failed' && GONE.has(codeOf(outcome.cause) ?? ''))) return undefined;
  const text = valueOrThrow(outcome);
  requireWholeText(text, `/${path}`);
  return text.slice(0, -1);
}

const GONE: ReadonlySet<string> = new Set(['EINVAL', 'ENODEV']);

function linkTarget(root: string, path: string): string | undefined {
  try {
    return basename(readlinkSync(hostPath(root, path)));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw new Error(`${describePath(root, path)}: ${codeOf(cause) ?? 'unreadable'}`, { cause });
  }
}

function parseFlags(text: string, file: string): number {
  if (!/^0x[0-9a-f]{1,8}$/.test(text)) throw new ParseError(file, 'a number such as 0x1003', text);
  return Number.parseInt(text, 16);
}

function parseOperState(text: string, file: string): string {
  if (!OPER_STATES.has(text)) throw new ParseError(file, `one of ${[...OPER_STATES].join(', ')}`, text);
  return text;
}

function parseAddress(text: string, file: string): string {
  if (text !== '' && !/^[0-9a-f]{2}(?::[0-9a-f]{2}){0,31}$/.test(text)) throw new ParseError(file, 'an address such as 02:fc:00:00:00:01', text);
  return text;
}

/** Lines such as `DEVTYPE=wlan` and `INTERFACE=wlan0`. */
function parseKind(text: string, file: string): string | undefined {
  if (!/^INTERFACE=./m.test(text)) throw new ParseError(file, 'a line "INTERFACE=<name>"', text);
  return /^DEVTYPE=(.+)$/m.exec(text)?.[1];
}
