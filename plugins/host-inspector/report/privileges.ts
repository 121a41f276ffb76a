import { readPrivileges } from '../../linux/privileges.ts';
import { hostConditions } from '../conditions.ts';
import { ladderOf } from '../privileges/ladder.ts';
import type { SectionOf } from './model.ts';
import type { ReportScene } from './scene.ts';
import { allUntold, told, untold } from './values.ts';
import { privilegeTable } from './tables/node.ts';

const SOURCE = 'self-test';

/** What this container may see of the host, proven by trying. */
export function reportPrivileges({ root, isRecording }: ReportScene): SectionOf<'privileges'> {
  if (isRecording) return allUntold(privilegeTable, 'unsupported', 'a recording: this process has nothing of the recorded host');
  const privileges = readPrivileges(root);
  const { rung, grants, notes } = ladderOf(privileges, hostConditions);
  const note = notes.length === 0 ? undefined : notes.join('; ');
  return {
    rung: told('', rung ?? 'none', SOURCE, note),
    grants: told('', grants.map(({ rung: step, name, state, evidence, adds }) => ({ rung: step, name, state, evidence, adds })), SOURCE),
    lxcfs: privileges.hasLxcfs === undefined ? untold('', SOURCE, 'error', 'the mount tables cannot be read') : told('', privileges.hasLxcfs, SOURCE),
  };
}
