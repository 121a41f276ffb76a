import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { valueOrThrow } from '../../linux/read.ts';
import { leftOut } from '../disk/left-out.ts';
import { BONDING, type HostBond, type HostBondMember, bondsInSys, isWithoutBonds, readBond, readBondNames } from '../network/bonds.ts';
import { type HostInterfaces, readHostInterfaces } from '../network/host-interfaces.ts';
import { knownOf, withLinked } from '../network/known.ts';
import type { HostSettings } from '../settings.ts';

const MOST_BONDS = 32;
const BEYOND = `bonds beyond ${MOST_BONDS}`;

/**
 * Have the bonds of the host all the links that they had? PID 1's folder tells, else /sys. A spare that has its link is as
 * it should be, and so is a port that never had one.
 */
export const bonds: Check<HostSettings> = {
  name: 'bonds',
  condition: 'NetworkInterfaceDegraded',
  periodMs: 30_000,
  timeoutMs: 10_000,
  async look({ root, memo, baseline, signal }) {
    const names = readBondNames(root);
    if (names.kind === 'ok' ? names.value.length === 0 : names.kind === 'absent' && isWithoutBonds(root)) return { verdicts: [healthy] };
    const interfaces = await readHostInterfaces(root, signal);
    const isHidden = interfaces.kind === 'absent' || interfaces.kind === 'denied';
    if (isHidden && names.kind !== 'ok') return { verdicts: [notApplicable(interfaces.message)] };
    const visible = isHidden ? undefined : valueOrThrow(interfaces);
    const all = names.kind === 'absent' && visible !== undefined ? bondsInSys(root, visible) : valueOrThrow(names).flatMap((name) => readBond(root, name) ?? []);
    const { verdicts, readings = [], ...kept } = judge(all.slice(0, MOST_BONDS), visible, knownOf(memo), knownOf(baseline));
    const others = leftOut(BEYOND, Math.max(0, all.length - MOST_BONDS), `/${BONDING}`);
    return { verdicts: [healthy, ...verdicts, ...others.verdicts], readings: [...readings, ...others.readings], ...kept };
  },
};

/** Members that had a link by what is kept, in this boot and before. */
type Known = readonly string[];

/** Pure. @param visible interfaces of the host, where they can be seen */
function judge(found: readonly HostBond[], visible: HostInterfaces | undefined, inThisBoot: Known, ever: Known): Look {
  const linked = found.flatMap((bond) => bond.members.filter(({ status }) => status === 'up').map((member) => identityOf(bond, member)));
  const judged = found.map((bond) => ({ bond, gone: goneFrom(bond, visible, inThisBoot), lost: lostOf(bond, visible, ever) }));
  return {
    verdicts: judged.flatMap(({ bond, gone, lost }) => {
      const without = [...new Set([...gone.map(nameIn), ...lost.map(({ name }) => name)])].toSorted();
      return without.length === 0 ? [] : [degraded(bond, without)];
    }),
    memo: withLinked([], [...linked, ...judged.flatMap(({ bond, gone, lost }) => [...gone, ...lost.map((member) => identityOf(bond, member))])]),
    baseline: withLinked(ever, linked),
    readings: found.flatMap(readingsOf),
  };
}

function degraded({ name, source }: HostBond, without: readonly string[]): Verdict {
  return problem('BondDegraded', name, `${name}: works without ${without.join(', ')}, which had a link before (${source})`);
}

/** Its members that have a link no more, but for those that somebody disabled. */
function lostOf(bond: HostBond, visible: HostInterfaces | undefined, ever: Known): readonly HostBondMember[] {
  const isDisabled = (name: string): boolean => visible?.interfaces.some((other) => other.name === name && !other.isEnabled) === true;
  return bond.members.filter((member) => member.status !== 'up' && ever.includes(identityOf(bond, member)) && !isDisabled(member.name));
}

/**
 * Identities of members that worked in this boot, and of which nothing is left: a card that fell off its bus. One that
 * somebody took out of the bond is still an interface. Throws where the list of members cannot be whole.
 */
function goneFrom(bond: HostBond, visible: HostInterfaces | undefined, inThisBoot: Known): readonly string[] {
  if (visible === undefined) return [];
  const missing = inThisBoot.filter((identity) => identity.startsWith(`${bond.name} `) && !bond.members.some(({ name }) => name === nameIn(identity)));
  for (const name of missing.map(nameIn)) {
    const isMember = visible.interfaces.some((other) => other.name === name && other.master === bond.name);
    if (isMember) throw new Error(`${bond.source}: does not list ${name}, which is a part of ${bond.name}`);
  }
  return missing.filter((identity) => !visible.names.all.has(nameIn(identity)));
}

/** Names hold no blanks. */
function identityOf(bond: HostBond, { name, permanentAddress }: HostBondMember): string {
  return `${bond.name} ${name} ${permanentAddress}`;
}

function nameIn(identity: string): string {
  return identity.split(' ')[1] ?? '';
}

function readingsOf({ name: subject, members, source }: HostBond): readonly Reading[] {
  return [
    { name: 'bond_members', subject, value: members.length, unit: 'count', source },
    { name: 'bond_members_up', subject, value: members.filter(({ status }) => status === 'up').length, unit: 'count', source },
  ];
}
