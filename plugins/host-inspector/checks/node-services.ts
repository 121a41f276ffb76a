import { lstatSync } from 'node:fs';
import type { Check, Look, Reading } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type ServiceProcess, findServices, readLiving } from '../../linux/node-services.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { hostPath, readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { type Known, type Process, advance, isName, readKnown } from '../services/known.ts';
import { RUNTIMES, neededRuntimes, stillNeeded } from '../services/runtime.ts';
import { KUBELET, RUNTIME } from '../settings/services.ts';
import type { HostSettings } from '../settings.ts';

/** kubelet itself, and programs that hold it: MicroK8s' kubelite, and k3s. RKE2 and k0s start one. */
const KUBELETS = ['kubelet', 'kubelite', 'k3s-server', 'k3s-agent', 'k3s'] as const;

/** Where kubelet keeps all Pods: cgroup v2, then v1, with its systemd driver and with its cgroupfs one; on nodes that are containers (kind) below a group of its own. */
const KUBEPODS = ['kubepods.slice', 'kubepods', 'kubelet.slice/kubelet-kubepods.slice', 'kubelet/kubepods'].flatMap((folder) => [folder, `pids/${folder}`]);

/** A walk costs 20 µs per process. */
const [WALK_WHILE_MISSING_MS, WALK_WHILE_UNSEEN_MS] = [60_000, 300_000] as const;

/** Who last saw a service before this boot waits so long for it: a node that is being set up takes its time. */
const BOOT_GRACE_MS = 15 * 60_000;

const DAY_MS = 24 * 3_600_000;

/** What was not seen for so long was taken off this machine. */
const FORGOTTEN_AFTER_DAYS = 7;

/**
 * Do kubelet and the container runtime run? Told by their processes, of which PID and start are remembered: one file each while
 * all is well. Whether they also answer is not asked.
 */
export const nodeServices: Check<HostSettings> = {
  name: 'node-services',
  condition: 'NodeServiceDown',
  periodMs: 30_000,
  timeoutMs: 20_000,
  isSlow: true,
  async look({ root, settings: { nodeServicesIgnore }, memo, baseline, signal }) {
    const first = readText(root, 'proc/1/comm');
    if (first.kind === 'absent') return { verdicts: [notApplicable('kubelet and container runtime (no /proc/1: hidepid, or no /proc)')] };
    if (first.kind === 'denied') return { verdicts: [notApplicable('kubelet and container runtime (hidepid: needs CAP_SYS_PTRACE)')] };
    valueOrThrow(first);
    const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime')));
    const before = rememberedOf(memo);
    const alive = new Map([before.kubelet, ...before.runtimes].flatMap((known) => (known !== undefined && isAlive(root, known) ? [[known.name, known] as const] : [])));
    const seen: Seen = { alive, hasPods: hasPods(root) };
    const isDue = uptimeMs - (before.walkedMs ?? -Infinity) >= pauseMs(before, seen, usualOf(baseline)) || uptimeMs < (before.walkedMs ?? 0);
    if (!isDue) return judge(before, seen, { uptimeMs, baseline, ignored: nodeServicesIgnore });
    const found = await findServices(root, [...KUBELETS, ...RUNTIMES], createSlices(signal));
    return judge({ ...before, walkedMs: uptimeMs }, { ...seen, alive: new Map([...found].flatMap(([name, processes]) => oldest(name, processes))) }, { uptimeMs, baseline, ignored: nodeServicesIgnore });
  },
};

interface Memo {
  readonly kubelet: Known | undefined;
  readonly runtimes: readonly Known[];
  /** Uptime at which all processes were last looked at. */
  readonly walkedMs: number | undefined;
}

/** What one look has seen. */
export interface Seen {
  /** By name. */
  readonly alive: ReadonlyMap<string, Process>;
  /** The initial PID namespace is to be seen, and kubelet has made a group for Pods since the boot. */
  readonly hasPods: boolean;
}

export interface Moment {
  readonly uptimeMs: number;
  readonly baseline: unknown;
  readonly ignored: readonly string[];
}

function isAlive(root: string, { pid, name, startTicks }: Known): boolean {
  const living = readLiving(root, pid);
  return living !== undefined && living.comm === name && living.startTicks === startTicks;
}

/** PID 2 is the kernel's own in the initial namespace alone: in another one kubelet's group may be seen and its process not. */
function hasPods(root: string): boolean {
  const second = readText(root, 'proc/2/comm');
  return second.kind === 'ok' && second.value === 'kthreadd\n' && KUBEPODS.some((folder) => lstatSync(hostPath(root, `sys/fs/cgroup/${folder}`), { throwIfNoEntry: false }) !== undefined);
}

/** How long to wait after a walk for the next: Infinity while all that is known is there. */
function pauseMs({ kubelet, runtimes }: Memo, { alive }: Seen, usual: Usual | undefined): number {
  const isGone = (known: Known): boolean => !alive.has(known.name);
  if ((kubelet !== undefined && isGone(kubelet)) || runtimes.some(isGone)) return WALK_WHILE_MISSING_MS;
  if (kubelet === undefined && usual !== undefined) return WALK_WHILE_MISSING_MS;
  return kubelet === undefined || runtimes.length === 0 ? WALK_WHILE_UNSEEN_MS : Infinity;
}

/** A program that is about to start another bears its name for a moment. */
function oldest(name: string, processes: readonly ServiceProcess[]): readonly (readonly [string, Process])[] {
  const [first] = processes.toSorted((a, b) => a.startTicks - b.startTicks);
  return first === undefined ? [] : [[name, { name, pid: first.pid, startTicks: first.startTicks }]];
}

/** Pure. */
export function judge(memo: unknown, { alive, hasPods }: Seen, { uptimeMs, baseline, ignored }: Moment): Look {
  const before = rememberedOf(memo);
  const usual = usualOf(baseline);
  const running = KUBELETS.flatMap((name) => alive.get(name) ?? []);
  const kubelet = advance(before.kubelet, running.find(({ name }) => name === before.kubelet?.name) ?? running[0], uptimeMs);
  const seen = RUNTIMES.flatMap((name) => advance(before.runtimes.find((known) => known.name === name), alive.get(name), uptimeMs) ?? []);
  const runtimes = stillNeeded(seen, kubelet, uptimeMs);
  const today = Math.floor(uptimeMs / DAY_MS);
  const isAwaited = usual !== undefined && uptimeMs >= BOOT_GRACE_MS && today < FORGOTTEN_AFTER_DAYS;
  const missing = isAwaited ? usual.kubelet : hasPods ? KUBELETS[0] : undefined;
  const needed = neededRuntimes(runtimes);
  const isNode = kubelet !== undefined || missing !== undefined;
  const verdicts = [
    ...(ignored.includes(KUBELET) ? [] : judgeKubelet(kubelet, missing)),
    ...(ignored.includes(RUNTIME) || !isNode ? [] : judgeRuntimes(needed)),
  ];
  return {
    verdicts: verdicts.length > 0 ? verdicts : [healthy, notApplicable(isNode ? 'kubelet and container runtime (set to be ignored)' : 'kubelet and container runtime (no kubelet was seen on this machine)')],
    memo: { ...(kubelet && { kubelet }), runtimes, ...(before.walkedMs === undefined ? {} : { walkedMs: before.walkedMs }) },
    ...(kubelet === undefined ? {} : { baseline: { kubelet: kubelet.name } }),
    readings: [...(kubelet === undefined ? [] : [kubelet]), ...needed].map(readingOf),
  };
}

function judgeKubelet(kubelet: Known | undefined, missing: string | undefined): readonly Verdict[] {
  if (kubelet === undefined) return missing === undefined ? [] : [down('KubeletDown', missing)];
  return [kubelet.isUp ? healthy : down('KubeletDown', kubelet.name)];
}

function judgeRuntimes(needed: readonly Known[]): readonly Verdict[] {
  if (needed.length === 0) return [notApplicable('container runtime (none was seen that is known)')];
  return needed.map((known) => (known.isUp ? healthy : down('ContainerRuntimeDown', known.name)));
}

function down(reason: string, name: string): Verdict {
  return problem(reason, name, `${name}: does not run, or not for longer than a minute at a time`);
}

function readingOf({ name, isUp }: Known): Reading {
  return { name: 'service_runs', subject: name, value: isUp, unit: '', source: '/proc/<pid>/stat' };
}

function rememberedOf(memo: unknown): Memo {
  if (!isRecord(memo)) return { kubelet: undefined, runtimes: [], walkedMs: undefined };
  const { kubelet, runtimes, walkedMs } = memo;
  const known = Array.isArray(runtimes) ? runtimes.map(readKnown) : [];
  return {
    kubelet: readKnown(kubelet),
    runtimes: RUNTIMES.flatMap((name) => known.find((one) => one?.name === name) ?? []),
    walkedMs: isCount(walkedMs) ? walkedMs : undefined,
  };
}

/** What this machine has had in earlier boots. */
interface Usual {
  readonly kubelet: string;
}

function usualOf(baseline: unknown): Usual | undefined {
  return isRecord(baseline) && isName(baseline['kubelet']) ? { kubelet: baseline['kubelet'] } : undefined;
}
