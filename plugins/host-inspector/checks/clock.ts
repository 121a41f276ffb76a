import type { Check, Look, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, problem, unknown } from '../../core/verdict.ts';
import { type KernelClock, type LastSync, readKernelClock, readLastSync } from '../../linux/kernel-clock.ts';
import { findServices } from '../../linux/node-services.ts';
import { readText } from '../../linux/read.ts';
import { createSlices } from '../../linux/slices.ts';
import { hypervisorSign } from '../../linux/sys/hypervisor.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

const SUBJECT = 'clock of the node';

/** Programs that tell the kernel when they have set its clock. `machined` is Talos', `ntpd` also OpenNTPD's and busybox's. */
const DAEMONS = ['chronyd', 'ntpd', 'systemd-timesyncd', 'phc2sys', 'ptp4l', 'timemaster', 'machined'];

/** Programs of hypervisors that may set the clock of their guest, and do not tell the kernel. */
const GUEST_TOOLS = ['vmtoolsd', 'VBoxService', 'prltoolsd'];

const LIMITS = { timeoutMs: 3_000 } as const;

/** From no error to 16 s at 500 ppm, which is how long the kernel itself trusts what a daemon told it. */
const TRUSTED_SECONDS = 32_000;
/** Clocks of files and ours, read one after the other. */
const TOLERANCE_SECONDS = 60;

/** Is the clock kept right? The kernel knows, and a daemon that runs may yet reach no server. */
export function clock({ run, wallMs, isRecorded = false }: HostSources): Check<HostSettings> {
  return {
    name: 'clock',
    condition: 'ClockUnsynchronized',
    // The estimate grows slowly, and a walk over all processes may follow.
    periodMs: 300_000,
    timeoutMs: 60_000,
    isSlow: true,
    async look({ root, settings: { clockMaxErrorMs }, signal }) {
      const kernel = isRecorded || isThisMachine(root) ? await readKernelClock({ run, signal, ...LIMITS }) : OTHER_MACHINE;
      if (kernel.kind === 'failed') return { verdicts: [unknown(kernel.message, kernel.cause)] };
      if (kernel.kind !== 'ok') {
        const whyNot = kernel.kind === 'denied' ? 'adjtimex is refused: the seccomp profile is older than 2020' : kernel.message;
        return judgeTrace(await readLastSync(root, { run, signal, ...LIMITS }), wallMs() / 1_000, whyNot);
      }
      const readings = readingsOf(kernel.value);
      if (kernel.value.maxErrorMs < clockMaxErrorMs) return { verdicts: [healthy], readings };
      return { verdicts: [judge(kernel.value, clockMaxErrorMs, await keepersOf(root, signal))], readings };
    },
  };
}

const OTHER_MACHINE = { kind: 'absent', message: 'of another machine than this one' } as const;

/** A folder may be a copy of some other machine, of which our kernel knows nothing. */
function isThisMachine(root: string): boolean {
  const [itsBoot, ourBoot] = [root, '/'].map((folder) => readText(folder, 'proc/sys/kernel/random/boot_id'));
  return itsBoot?.kind === 'ok' && ourBoot?.kind === 'ok' && itsBoot.value === ourBoot.value;
}

/** Who might keep the clock right. */
export interface Keepers {
  /** Names of programs that run; undefined where nobody can tell. */
  readonly programs: ReadonlySet<string> | undefined;
  /** By what the host shows that it is a virtual machine. */
  readonly hypervisor: string | undefined;
}

async function keepersOf(root: string, signal: AbortSignal): Promise<Keepers> {
  const services = await findServices(root, [...DAEMONS, ...GUEST_TOOLS], createSlices(signal)).catch(() => undefined);
  signal.throwIfAborted();
  return { programs: services && new Set(services.keys()), hypervisor: hypervisorSign(root) };
}

/** Of a clock beyond the limit. Pure. */
export function judge({ correctionPpm }: KernelClock, maxErrorMs: number, { programs, hypervisor }: Keepers): Verdict {
  const wrong = `may be wrong by ${maxErrorMs / 1_000} s or more`;
  const daemons = DAEMONS.filter((name) => programs?.has(name) === true);
  if (daemons.length > 0) return problem('ClockNotSynchronized', SUBJECT, `${SUBJECT}: ${wrong} (adjtimex), though ${daemons.join(' and ')} runs`);
  const tool = GUEST_TOOLS.find((name) => programs?.has(name) === true);
  if (tool !== undefined) return notApplicable(`${SUBJECT} (${tool} may set it, and does not tell the kernel)`);
  // A guest that never had a daemon is left to its hypervisor on purpose; one that had has lost it.
  if (hypervisor !== undefined && correctionPpm === 0) return notApplicable(`${SUBJECT} (left to the hypervisor: ${hypervisor}, and no time daemon since the boot)`);
  if (programs === undefined) return problem('ClockNotSynchronized', SUBJECT, `${SUBJECT}: ${wrong} (adjtimex)`);
  return problem('TimeDaemonMissing', SUBJECT, `${SUBJECT}: ${wrong} (adjtimex), and no time daemon runs`);
}

/** What is left where the kernel cannot be asked: it may show that all is well, and never that it is not. Pure. */
function judgeTrace(trace: LastSync | undefined, nowSeconds: number, whyNot: string): Look {
  const ageSeconds = nowSeconds - (trace?.timeSeconds ?? -Infinity);
  if (trace === undefined || ageSeconds < -TOLERANCE_SECONDS || ageSeconds > TRUSTED_SECONDS) return { verdicts: [notApplicable(`${SUBJECT} (${whyNot})`)] };
  return { verdicts: [healthy], readings: [{ name: 'clock_synchronized', value: true, unit: '', source: trace.file }] };
}

function readingsOf({ isUnsynchronized, maxErrorMs, correctionPpm }: KernelClock): readonly Reading[] {
  const source = 'adjtimex(2)';
  return [
    { name: 'clock_synchronized', value: !isUnsynchronized, unit: '', source },
    { name: 'clock_max_error', value: maxErrorMs / 1_000, unit: 'seconds', source },
    { name: 'clock_correction', value: Math.round(correctionPpm * 1_000) / 1_000, unit: 'ppm', source },
  ];
}
