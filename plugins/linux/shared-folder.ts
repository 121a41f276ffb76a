import { type FileTrouble, troubleOf } from './atomic-file.ts';
import { type RunChild, runChild } from './child.ts';

/** The group in which the plugins of one node meet: the user that the images run as unless they must be root. */
export const SHARED_GID = 65_532;

/** All for owner and group, nothing for others; what is made in it belongs to the group, too (setgid). */
const MODE = '2770';

const DEADLINE_MS = 5_000;

/**
 * A folder that is as wanted is left alone, whoever owns it. Else its owner may give it to a group that he is in himself, and that
 * without any capability; see chown(2). A path may lead to the top of the file system by links, as /var/run does.
 */
const SCRIPT = `
[ -d "$1" ] || mkdir -p -- "$1" || exit
[ "$(stat -c '%g %a' -- "$1")" = "$2 $3" ] && exit
real=$(cd -P -- "$1" && pwd -P) || exit
case $real in
  /*/*) ;;
  *) echo "sh: leads to $real, which the whole system uses" >&2; exit 1 ;;
esac
chgrp -- "$2" "$1" && chmod -- "$3" "$1"`;

export type ShareResult = { readonly kind: 'ok' } | FileTrouble;

/**
 * Makes a folder, and makes it writable for the group of the plugins: kubelet makes a missing hostPath as root's, with mode 0755, where
 * a plugin that is not root could write neither its socket nor its state. Done by a child, since the disk may not answer. Never rejects.
 *
 * @param path absolute
 */
export async function shareFolder(path: string, run: RunChild = runChild): Promise<ShareResult> {
  const result = await run({ command: 'sh', args: ['-c', SCRIPT, 'sh', path, String(SHARED_GID), MODE], timeoutMs: DEADLINE_MS, maxOutputBytes: 4_096 });
  if (result.kind === 'exited' && result.code === 0) return { kind: 'ok' };
  return troubleOf(path, 'sh', result, DEADLINE_MS);
}

/** What helps where sharing did not work. */
export const SHARE_REMEDY = `the folder must belong to the user of this process (uid 0 for a hostPath), whose supplementalGroups must hold ${SHARED_GID}`;
