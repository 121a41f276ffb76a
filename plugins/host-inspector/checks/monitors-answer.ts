import type { Check, Look, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { messageOf } from '../../core/errors.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import type { SocketAnswer } from '../../linux/http2-answer.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { type GpuSight, UNDRIVEN_MS, areGpusWanted, readSight, sightOfGpus } from '../monitors/gpus.ts';
import { SIBLINGS, type Sibling, socketOf } from '../monitors/siblings.ts';
import type { Expected } from '../settings/monitors.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

/** Who was there before this boot may take so long to come back: its image is pulled, its driver compiled. */
const BOOT_GRACE_MS = 15 * 60_000;

/**
 * Do the other monitors of the node answer? Without an answer NPD keeps what it heard last for ever. A monitor is expected
 * once it has answered on this machine; and the GPU's, too, where GPUs that somebody wants to use have no driver, since then
 * its container may not even be made.
 */
export function monitorsAnswer({ run, askSibling }: Pick<HostSources, 'run' | 'askSibling'>): Check<HostSettings> {
  return {
    name: 'monitors-answer',
    condition: 'NodeMonitorDown',
    periodMs: 30_000,
    timeoutMs: 10_000,
    // One that is silent takes its time.
    isSlow: true,
    async look({ root, settings: { gpuMonitorExpected, networkVerifierExpected, podNetworkVerifierExpected }, memo, baseline, signal }) {
      const expected: Record<Sibling, Expected> = {
        'gpu-monitor': gpuMonitorExpected, 'network-verifier': networkVerifierExpected, 'pod-network-verifier': podNetworkVerifierExpected,
      };
      const asked = SIBLINGS.filter((sibling) => expected[sibling] !== 'no');
      const answers = new Map(await Promise.all(asked.map(async (sibling) => [sibling, await askSibling(sibling, signal)] as const)));
      const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime')));
      const before = rememberedOf(memo);
      const gpu = answers.get('gpu-monitor');
      // While its own monitor answers, or has answered since the boot, the bus says nothing more.
      const isBusAsked = gpu !== undefined && gpu.kind !== 'answers' && gpuMonitorExpected === 'auto' && !before.seen.includes('gpu-monitor');
      const { sight, blind } = isBusAsked ? lookAtGpus(root, before.gpus, uptimeMs) : { sight: before.gpus };
      const isLongUndriven = isBusAsked && sight?.undrivenSinceMs !== undefined && uptimeMs - sight.undrivenSinceMs >= UNDRIVEN_MS;
      const areWanted = isLongUndriven ? await areGpusWanted(root, { signal, run }) : false;
      return judge(answers, { expected, before, usual: namesOf(baseline), uptimeMs, sight, blind, areWanted });
    },
  };
}

/** A bus that cannot be read says nothing of the other monitors. */
function lookAtGpus(root: string, before: GpuSight | undefined, uptimeMs: number): Pick<Around, 'sight' | 'blind'> {
  try {
    return { sight: sightOfGpus(root, before, uptimeMs) };
  } catch (cause) {
    return { sight: undefined, blind: unknownOf('gpu-monitor', `gpu-monitor: whether it is needed cannot be told: ${messageOf(cause)}`, cause) };
  }
}

interface Memo {
  /** Have answered since the boot. */
  readonly seen: readonly Sibling[];
  readonly gpus: GpuSight | undefined;
}

interface Around {
  readonly expected: Readonly<Record<Sibling, Expected>>;
  readonly before: Memo;
  /** Have answered on this machine, perhaps before the boot. */
  readonly usual: readonly Sibling[];
  readonly uptimeMs: number;
  readonly sight?: GpuSight | undefined;
  /** The PCI bus could not be read. */
  readonly blind?: Verdict | undefined;
  /** GPUs that have had no driver for long; undefined where the disk did not say whether somebody wants to use them. */
  readonly areWanted: boolean | undefined;
}

/** Pure. */
function judge(answers: ReadonlyMap<Sibling, SocketAnswer>, around: Around): Look {
  const { before, usual, sight } = around;
  const answering = SIBLINGS.filter((sibling) => answers.get(sibling)?.kind === 'answers');
  const seen = SIBLINGS.filter((sibling) => before.seen.includes(sibling) || answering.includes(sibling));
  // Few nodes have the one of the Pod network, and nobody need be told on all others that it is not judged.
  const known = SIBLINGS.filter((sibling) => sibling !== 'pod-network-verifier' || around.expected[sibling] === 'yes' || seen.includes(sibling) || usual.includes(sibling));
  const verdicts = known.map((sibling) => judgeOne(sibling, answers.get(sibling), seen, around));
  return {
    verdicts,
    memo: { seen, ...(sight && { gpus: sight }) },
    baseline: SIBLINGS.filter((sibling) => usual.includes(sibling) || seen.includes(sibling)),
    readings: [...answers].map(([sibling, { kind }]): Reading => ({ name: 'monitor_answer', subject: sibling, value: kind, unit: '', source: socketOf(sibling) })),
  };
}

function judgeOne(sibling: Sibling, answer: SocketAnswer | undefined, seen: readonly Sibling[], around: Around): Verdict {
  if (answer === undefined) return notApplicable(`${sibling} (set not to be expected)`);
  const { kind } = answer;
  if (kind === 'answers') return healthy;
  if (kind === 'denied') return notApplicable(`${sibling} (its socket is closed to us: needs its group)`);
  if (kind === 'failed') return unknownOf(sibling, `${sibling}: ${answer.message}`, answer.cause);
  return isExpected(sibling, seen, around) ? down(sibling, `nobody answers on ${socketOf(sibling)}`) : unexpected(sibling, around);
}

function isExpected(sibling: Sibling, seen: readonly Sibling[], { expected, usual, uptimeMs, sight, blind }: Around): boolean {
  if (expected[sibling] === 'yes' || seen.includes(sibling)) return true;
  // A machine whose GPUs were taken out, or that is of another type since the boot, needs no monitor of them.
  const isGone = sibling === 'gpu-monitor' && (sight?.hasGpus === false || blind !== undefined);
  return usual.includes(sibling) && uptimeMs >= BOOT_GRACE_MS && !isGone;
}

/** It was never seen: only GPUs without a driver can tell that it should have been. */
function unexpected(sibling: Sibling, { areWanted, blind }: Around): Verdict {
  const never = notApplicable(`${sibling} (none has answered here)`);
  if (sibling !== 'gpu-monitor') return never;
  if (blind !== undefined) return blind;
  if (areWanted === undefined) return unknownOf(sibling, `${sibling}: whether the GPUs without a driver are to be used cannot be told: no answer of the disk`);
  return areWanted ? down(sibling, `nobody answers on ${socketOf(sibling)}, and the NVIDIA GPUs on the PCI bus have no driver`) : never;
}

/** Whether it was killed, stopped or removed is told by the readings, so that the message stays while it is restarted in vain. */
function down(sibling: Sibling, what: string): Verdict {
  const message = `${sibling}: ${what}`;
  return sibling === 'gpu-monitor' ? problem('GPUMonitorDown', sibling, message) : problem('NetworkVerifierDown', sibling, message);
}

function rememberedOf(memo: unknown): Memo {
  return isRecord(memo) ? { seen: namesOf(memo['seen']), gpus: readSight(memo['gpus']) } : { seen: [], gpus: undefined };
}

function namesOf(value: unknown): readonly Sibling[] {
  return Array.isArray(value) ? SIBLINGS.filter((sibling) => value.includes(sibling)) : [];
}
