import { lstatSync } from 'node:fs';
import type { Check, Look, Reading } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../core/verdict.ts';
import { type ServiceProcess, findServices, readLiving } from '../../linux/node-services.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { hostPath, readText, valueOrThrow } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { readListening } from '../ports/listening.ts';
import { type Known, type Process, advance, isName, readKnown } from '../services/known.ts';
import { RUNTIMES, neededRuntimes, stillNeeded } from '../services/runtime.ts';
import { KUBELET, RUNTIME } from '../settings/services.ts';
import type { HostSettings } from '../settings.ts';

/** kubelet itself, and programs that hold it: MicroK8s' kubelite, and k3s. RKE2 and k0s start one. */
const KUBELETS = ['kubelet', 'kubelite', 'k3s-server', 'k3s-agent', 'k3s'] as const;

/** Where kubelet keeps all Pods: cgroup v2, then v1, with its systemd driver and with its cgroupfs one; on nodes that are containers (kind) below a group of its own. */
const KUBEPODS = ['kubepods.slice', 'kubepods', 'kubelet.slice/kubelet-kubepods.slice', 'kubelet/kubepods'].flatMap((folder) => [folder, `pids/${folder}`]);

/** kubelet's own, and the one for its health. */
const KUBELET_PORTS: readonly number[] = [10_250, 10_248];

/** A walk costs 30 µs per process. */
const [WALK_WHILE_MISSING_MS, WALK_WHILE_UNSEEN_MS] = [60_000, 300_000] as const;

/** Who last saw a service before this boot waits so long for it: a node that is being set up takes its time. */
const BOOT_GRACE_MS = 15 * 60_000;

/** What was not seen for a week since the boot was taken off this machine. */
const FORGOTTEN_AFTER_MS = 7 * 24 * 3_600_000;

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
    const seen: Seen = { alive, isMissing: before.kubelet === undefined && isMissing(root) };
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
  /** No kubelet was seen since the boot, and yet there was one. */
  readonly isMissing: boolean;
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

/**
 * Has kubelet made a group for Pods, and does nobody listen on its ports, as one by an unknown name would? PID 2 is the kernel's
 * own in the initial PID namespace alone: in another one kubelet's group may be seen and its process not.
 */
function isMissing(root: string): boolean {
  const second = readText(root, 'proc/2/comm');
  if (second.kind !== 'ok' || second.value !== 'kthreadd\n') return false;
  if (KUBEPODS.every((folder) => lstatSync(hostPath(root, `sys/fs/cgroup/${folder}`), { throwIfNoEntry: false }) === undefined)) return false;
  const { sockets, gaps } = readListening(root);
  const gap = gaps.find(({ kind, path }) => kind !== 'absent' && path.includes('/tcp'));
  if (gap !== undefined) throw new Error(gap.message);
  return !sockets.some(({ protocol, port }) => protocol === 'tcp' && KUBELET_PORTS.includes(port));
}

/** How long to wait after a walk for the next: Infinity while all that is known is there. */
function pauseMs({ kubelet, runtimes }: Memo, { alive, isMissing }: Seen, usual: Usual | undefined): number {
  const isGone = (known: Known): boolean => !alive.has(known.name);
  if ((kubelet !== undefined && isGone(kubelet)) || runtimes.some(isGone)) return WALK_WHILE_MISSING_MS;
  if (kubelet === undefined && (usual !== undefined || isMissing)) return WALK_WHILE_MISSING_MS;
  return kubelet === undefined || runtimes.length === 0 ? WALK_WHILE_UNSEEN_MS : Infinity;
}

/** A program that is about to start another bears its name for a moment. */
function oldest(name: string, processes: readonly ServiceProcess[]): readonly (readonly [string, Process])[] {
  const [first] = processes.toSorted((a, b) => a.startTicks - b.startTicks);
  return first === undefined ? [] : [[name, { name, pid: first.pid, startTicks: first.startTicks }]];
}

/** Pure. */
export function judge(memo: unknown, seen: Seen, now: Moment): Look {
  const before = rememberedOf(memo);
  const { alive } = seen;
  const { uptimeMs, ignored } = now;
  const running = KUBELETS.flatMap((name) => alive.get(name) ?? []);
  const kubelet = advance(before.kubelet, running.find(({ name }) => name === before.kubelet?.name) ?? running[0], uptimeMs);
  const known = RUNTIMES.flatMap((name) => advance(before.runtimes.find((runtime) => runtime.name === name), alive.get(name), uptimeMs) ?? []);
  const runtimes = stillNeeded(known, kubelet, uptimeMs);
  const needed = neededRuntimes(runtimes);
  const missing = kubelet === undefined ? missingKubelet(seen, now) : undefined;
  const isNode = kubelet !== undefined || missing !== undefined;
  const verdicts = [
    ...(ignored.includes(KUBELET) ? [] : judgeKubelet(kubelet, missing)),
    ...(ignored.includes(RUNTIME) || !isNode ? [] : judgeRuntimes(needed)),
  ];
  return {
    verdicts: verdicts.length > 0 ? verdicts : [notApplicable(isNode ? 'kubelet and container runtime (set to be ignored)' : 'kubelet and container runtime (no kubelet was seen on this machine)')],
    memo: { ...(kubelet && { kubelet }), runtimes, ...(before.walkedMs === undefined ? {} : { walkedMs: before.walkedMs }) },
    ...baselineOf(kubelet, uptimeMs),
    readings: [...(kubelet === undefined ? [] : [kubelet]), ...needed].map(readingOf),
  };
}

/** The name of one that should run and was not seen since the boot. */
function missingKubelet({ isMissing }: Seen, { uptimeMs, baseline }: Moment): string | undefined {
  const usual = usualOf(baseline);
  if (usual !== undefined && uptimeMs >= BOOT_GRACE_MS && uptimeMs < FORGOTTEN_AFTER_MS) return usual.kubelet;
  return isMissing ? KUBELETS[0] : undefined;
}

function baselineOf(kubelet: Known | undefined, uptimeMs: number): Pick<Look, 'baseline'> {
  if (kubelet !== undefined) return { baseline: { kubelet: kubelet.name } };
  return uptimeMs >= FORGOTTEN_AFTER_MS ? { baseline: {} } : {};
}

function judgeKubelet(kubelet: Known | undefined, missing: string | undefined): readonly Verdict[] {
  if (kubelet === undefined) return missing === undefined ? [] : [problem('KubeletDown', missing, notLasting(missing))];
  return [kubelet.isUp ? healthy : problem('KubeletDown', kubelet.name, notLasting(kubelet.name))];
}

function judgeRuntimes(needed: readonly Known[]): readonly Verdict[] {
  if (needed.length === 0) return [notApplicable('container runtime (none was seen that is known)')];
  return needed.map(({ name, isUp }) => (isUp ? healthy : problem('ContainerRuntimeDown', name, notLasting(name))));
}

function notLasting(name: string): string {
  return `${name}: does not run, or not for longer than a minute at a time`;
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
