import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf, ParseError } from '../../core/errors.ts';
import { describePath, hostPath, readText, valueOrThrow } from '../read.ts';
import { requireWholeText } from '../proc/whole-text.ts';

export interface PciFunction {
  /** `0000:53:00.0` */
  readonly address: string;
  /** Base class, sub-class and programming interface: 0x030200 is a 3D controller. */
  readonly class: number;
  /** Name of the bound driver, undefined where none is bound. */
  readonly driver: string | undefined;
  /** SR-IOV: a virtual function of another one. */
  readonly isVirtualFunction: boolean;
}

const FOLDER = 'sys/bus/pci/devices';

/** Addresses of all PCI functions. Empty on a machine without PCI; throws where /sys cannot be read. */
export function listPciFunctions(root: string): readonly string[] {
  const path = hostPath(root, FOLDER);
  try {
    return readdirSync(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw unreadable(root, FOLDER, cause);
  }
  // Without PCI there is still a folder of buses, with others in it. Else /sys, or most of it, was not mounted.
  try {
    if (readdirSync(hostPath(root, 'sys/bus')).length > 0) return [];
  } catch (cause) {
    throw unreadable(root, 'sys/bus', cause);
  }
  throw new Error(`${describePath(root, 'sys/bus')}: empty`);
}

/** Vendor of one, see the kernel's ABI/testing/sysfs-bus-pci; undefined if it has gone meanwhile. Throws for what cannot be read or understood. */
export function readPciVendor(root: string, address: string): number | undefined {
  return readId(root, `${FOLDER}/${address}/vendor`);
}

/** Undefined if it has gone meanwhile. Throws for what cannot be read or understood. */
export function readPciFunction(root: string, address: string): PciFunction | undefined {
  const itsClass = readId(root, `${FOLDER}/${address}/class`);
  if (itsClass === undefined) return undefined;
  const driver = linkTarget(root, `${FOLDER}/${address}/driver`);
  return {
    address,
    class: itsClass,
    driver: driver === undefined ? undefined : basename(driver),
    isVirtualFunction: linkTarget(root, `${FOLDER}/${address}/physfn`) !== undefined,
  };
}

function readId(root: string, path: string): number | undefined {
  const outcome = readText(root, path, { maxBytes: 4_096 });
  return outcome.kind === 'absent' ? undefined : parsePciId(valueOrThrow(outcome), `/${path}`);
}

/** Parses a number of sysfs such as `0x10de` or `0x030200` and a newline. Throws ParseError. */
export function parsePciId(text: string, file: string): number {
  const [, digits] = /^0x([0-9a-f]{4,8})\n?$/.exec(text) ?? [];
  if (digits === undefined) throw new ParseError(file, 'a number such as 0x10de', text);
  requireWholeText(text, file);
  return Number.parseInt(digits, 16);
}

function linkTarget(root: string, path: string): string | undefined {
  try {
    return readlinkSync(hostPath(root, path));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw unreadable(root, path, cause);
  }
}

function unreadable(root: string, path: string, cause: unknown): Error {
  return new Error(`${describePath(root, path)}: ${codeOf(cause) ?? 'unreadable'}`, { cause });
}
