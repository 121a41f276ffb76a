import type { ConditionSpec, PrivilegeRung } from '../../core/conditions.ts';
import type { Grant, Privileges } from '../../linux/privileges.ts';

/** One grant, and what it is good for. */
export interface LadderGrant extends Grant {
  readonly rung: PrivilegeRung;
  /** As a manifest has it: `hostPID`, `CAP_SYS_PTRACE`. */
  readonly name: string;
  /** What can be told with it, of what host-inspector tells. */
  readonly adds: string;
}

export interface Ladder {
  /** The highest rung of which, and of all below it, everything is granted; undefined below the first. */
  readonly rung: PrivilegeRung | undefined;
  readonly grants: readonly LadderGrant[];
  readonly notes: readonly string[];
}

/** See `PrivilegeRung`; what is told beside conditions stands here, what a condition needs in its table. */
const GRANTS: readonly { readonly rung: PrivilegeRung; readonly name: string; readonly of: keyof Omit<Privileges, 'notes' | 'hasLxcfs'>; readonly alsoAdds?: string }[] = [
  { rung: 'a', name: "host's / with HostToContainer", of: 'hostRoot', alsoAdds: 'file systems that are mounted later' },
  { rung: 'a', name: 'uid 0', of: 'uid0', alsoAdds: 'file systems below folders that only root may enter' },
  { rung: 'b', name: 'hostPID', of: 'hostPid', alsoAdds: 'names of processes of the Pods behind findings' },
  { rung: 'c', name: 'hostNetwork', of: 'hostNetwork' },
  { rung: 'd', name: 'CAP_SYS_PTRACE', of: 'ptrace', alsoAdds: 'processes behind sockets' },
  { rung: 'e', name: 'CAP_SYSLOG with /dev/kmsg', of: 'kernelLog' },
];

const RUNGS: readonly PrivilegeRung[] = ['a', 'b', 'c', 'd', 'e'];

/** On which rung this process stands, and what each further one would add by the conditions' table. Pure. */
export function ladderOf(privileges: Privileges, specs: readonly ConditionSpec[]): Ladder {
  const grants = GRANTS.map(({ rung, name, of, alsoAdds }) => ({ rung, name, ...privileges[of], adds: addsOf(rung, alsoAdds, specs) }));
  const lacking = new Set(grants.filter(({ state }) => state !== 'granted').map(({ rung }) => rung));
  const climbed = RUNGS.slice(0, RUNGS.findIndex((rung) => lacking.has(rung)));
  return { rung: lacking.size === 0 ? RUNGS.at(-1) : climbed.at(-1), grants, notes: privileges.notes };
}

/** Of the first rung nearly all is told, so the reasons are not named. */
function addsOf(rung: PrivilegeRung, alsoAdds: string | undefined, specs: readonly ConditionSpec[]): string {
  const reasons = rung === 'a' ? [] : specs.flatMap((spec) => spec.reasons.filter(({ privilege }) => privilege === rung).map(({ reason }) => reason));
  const parts = [...(reasons.length > 0 ? [`all of ${reasons.join(', ')}`] : []), ...(alsoAdds === undefined ? [] : [alsoAdds])];
  return parts.length === 0 ? 'nothing that is judged' : parts.join(' and ');
}

/** One line for the log. Pure. */
export function ladderText({ rung, grants, notes }: Ladder): string {
  const [first] = grants;
  if (first !== undefined && grants.every(({ state, evidence }) => state === 'unknown' && evidence === first.evidence)) return `privileges cannot be proven: ${first.evidence}`;
  const without = grants.filter(({ state }) => state !== 'granted').map(({ rung: of, name, state, evidence, adds }) =>
    `${of}: ${name} ${state === 'missing' ? 'is missing' : 'cannot be proven'} (${evidence}), it would add ${adds}`);
  const standing = rung === undefined ? 'below the first rung of privileges' : `on rung ${rung} of privileges (a to e)`;
  return [standing, ...without, ...notes].join('; ');
}
