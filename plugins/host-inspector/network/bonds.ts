import { existsSync } from 'node:fs';
import { type BondStatus, parseBondStatus, parseBonding } from '../../linux/proc/bonding.ts';
import { type Outcome, hostPath, readText, valueOrThrow } from '../../linux/read.ts';
import { listKernelFolder } from '../../linux/sys/folder.ts';
import { readPermanentAddress } from '../../linux/sys/network-interface.ts';
import { type HostInterfaces, NET_DEV } from './host-interfaces.ts';

export const BONDING = 'proc/1/net/bonding';

/** A bond of the host and its members, as one of two sources tells. */
export interface HostBond {
  readonly name: string;
  readonly source: string;
  readonly members: readonly HostBondMember[];
}

export interface HostBondMember {
  readonly name: string;
  readonly status: BondStatus;
  /** '' where it is not told. */
  readonly permanentAddress: string;
}

/** Names of the bonds of the host. `absent` where the kernel has no driver of bonds, or tells nothing of them here. */
export function readBondNames(root: string): Outcome<readonly string[]> {
  return listKernelFolder(root, BONDING);
}

/**
 * Is it certain that there is no bond, where PID 1 has no folder of them? The driver adds a file to every /sys, which may be
 * looked for, and not read: that waits for the lock of all interfaces.
 */
export function isWithoutBonds(root: string): boolean {
  return existsSync(hostPath(root, NET_DEV)) && !existsSync(hostPath(root, 'sys/class/net/bonding_masters'));
}

/** Undefined when it has gone meanwhile. Throws for what cannot be read or understood. */
export function readBond(root: string, name: string): HostBond | undefined {
  const path = `${BONDING}/${name}`;
  const outcome = readText(root, path);
  if (outcome.kind === 'absent') return undefined;
  const { members } = parseBonding(valueOrThrow(outcome), `/${path}`);
  return { name, source: `/${path}`, members };
}

/** The bonds as /sys shows them: what the members of devices say there. Throws for what cannot be understood. */
export function bondsInSys(root: string, { interfaces }: HostInterfaces): readonly HostBond[] {
  const members = interfaces.flatMap(({ name, master, bondStatus }) => {
    if (master === undefined || bondStatus === undefined) return [];
    const status = parseBondStatus(bondStatus, `/sys/class/net/${name}/bonding_slave/mii_status`);
    return [{ bond: master, name, status, permanentAddress: readPermanentAddress(root, name) ?? '' }];
  });
  return [...Map.groupBy(members, ({ bond }) => bond)].map(([name, all]) => ({ name, source: '/sys/class/net/*/bonding_slave', members: all }));
}
