import { readPrivileges } from '../../linux/privileges.ts';
import { hostConditions } from '../conditions.ts';
import { type Ladder, ladderOf, ladderText } from './ladder.ts';

/** What this process may see of the host, proven at this moment. Never throws. */
export function readLadder(root: string): Ladder {
  return ladderOf(readPrivileges(root), hostConditions);
}

/** For whoever starts the plugin: one line, and what it was made of. */
export function selfTest(root: string): { readonly message: string; readonly details: Ladder } {
  const details = readLadder(root);
  return { message: ladderText(details), details };
}
