import type { Check, Look } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { type Verdict, healthy, notApplicable, unknownOf } from '../../core/verdict.ts';
import { inotifyOf } from '../../linux/inotify.ts';
import { listPids } from '../../linux/processes.ts';
import { parsePidStatus } from '../../linux/proc/pid-status.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { type Outcome, readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { ownersWithMost } from '../attribution/ask.ts';
import { type Holder, type Limits, holdersBehind, judgeUsers, usersOf } from '../limits/inotify-users.ts';
import type { HostSettings } from '../settings.ts';

const SUBJECT = 'inotify';

/**
 * A link is read for every descriptor, about 5 µs each: beyond this many the walk would take more than a second of CPU. A
 * node with more says so.
 */
const MOST_DESCRIPTORS = 200_000;

/**
 * Does a user come near its limit of inotify instances or watches? Then kubelet, `kubectl logs -f` and whatever else watches
 * files fail with "too many open files" or "no space left on device".
 */
export const inotify: Check<HostSettings> = {
  name: 'inotify',
  condition: 'KernelLimitNear',
  // A walk over all descriptors of all processes; and a leak takes hours.
  periodMs: 300_000,
  timeoutMs: 60_000,
  isSlow: true,
  async look({ root, settings: { inotifyMaxPercent }, signal }) {
    const [instances, watches] = ['max_user_instances', 'max_user_watches'].map((name) => readLimit(root, `proc/sys/fs/inotify/${name}`));
    if (instances === undefined || watches === undefined) return { verdicts: [notApplicable(`${SUBJECT} (this kernel has none)`)] };
    const slices = createSlices(signal);
    // PID 1 stands for all others: where its links are closed to us, so are theirs, and the walk is spared.
    const first = await inotifyOf(root, '1', slices);
    if ('kind' in first) return { verdicts: [whyNot(first)] };
    return await walk(root, { instances, watches }, inotifyMaxPercent, slices);
  },
};

function readLimit(root: string, path: string): number | undefined {
  const text = readText(root, path);
  return text.kind === 'absent' ? undefined : parseNumberFile(valueOrThrow(text), `/${path}`);
}

function whyNot(first: Exclude<Outcome<unknown>, { readonly kind: 'ok' }>): Verdict {
  if (first.kind === 'failed') return unknownOf(SUBJECT, first.message, first.cause);
  return notApplicable(`${SUBJECT} (${first.kind === 'denied' ? 'needs CAP_SYS_PTRACE' : 'no /proc/1/fd: hidepid, or no /proc'})`);
}

async function walk(root: string, limits: Limits, percent: number, slices: ReturnType<typeof createSlices>): Promise<Look> {
  const holders = new Map<number, Holder>();
  let [isPartlyHidden, count] = [false, 0];
  let gap: Verdict | undefined;
  for (const pid of await listPids(root, slices)) {
    const found = await inotifyOf(root, pid, slices);
    if ('kind' in found) {
      isPartlyHidden ||= found.kind === 'denied';
      if (found.kind === 'failed') gap = unknownOf(SUBJECT, found.message, found.cause);
      continue;
    }
    count += found.count;
    if (found.instances.length > 0) {
      const holder = holderOf(root, pid, found.instances);
      if (holder.kind === 'ok') holders.set(Number(pid), holder.value);
      isPartlyHidden ||= holder.kind === 'denied';
      if (holder.kind === 'failed') gap = unknownOf(SUBJECT, holder.message, holder.cause);
    }
    if (count > MOST_DESCRIPTORS) {
      gap = unknownOf(SUBJECT, `${SUBJECT}: more than ${MOST_DESCRIPTORS} open files, of which the rest was not looked at`);
      break;
    }
  }
  const look = judgeUsers(usersOf(holders), limits, percent);
  // What is seen can prove that too much is in use; that little is, only if all is seen.
  if (isPartlyHidden) gap ??= notApplicable(`${SUBJECT} of some processes (needs CAP_SYS_PTRACE)`);
  if (look.verdicts.length === 0) return { ...look, verdicts: [gap ?? healthy] };
  const told = gap === undefined ? look.verdicts : [...look.verdicts, gap];
  return { ...look, verdicts: told, contributorsTo: ownersWithMost(root, ({ subject }) => holdersBehind(holders, subject)) };
}

/** Who holds them, by one process: what is known of the others counts, whatever it says. */
function holderOf(root: string, pid: string, instances: Holder['instances']): Outcome<Holder> {
  const status = readText(root, `proc/${pid}/status`);
  if (status.kind !== 'ok') return status;
  try {
    const { effectiveUid: uid, parentPid } = parsePidStatus(status.value, `/proc/${pid}/status`);
    return { kind: 'ok', value: { uid, parentPid, instances } };
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}
