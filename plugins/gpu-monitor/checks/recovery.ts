import type { Check } from '../../core/check.ts';
import { type Problem, type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { describeDevice, describeGpu } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import type { Complaint } from '../smi/look.ts';
import { wordOf } from '../smi/read-field.ts';
import type { GpuRecord } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { type FlagRule, cannotTell, isExpected, judgeFlag } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';
import { saidBy } from './smi-look.ts';

/**
 * Values of gpu_recovery_action as nvidia-smi prints them, in small letters, see nvmlDeviceGpuRecoveryAction_t of the NVML
 * reference and the "Error Recovery and Response Flags" of NVIDIA's memory error management; the longer forms are those of XID 154.
 */
const REASON_OF: Readonly<Record<string, string>> = {
  reset: 'GPUResetRequired', 'gpu reset': 'GPUResetRequired', 'gpu reset required': 'GPUResetRequired',
  reboot: 'NodeRebootRequired', 'node reboot': 'NodeRebootRequired', 'node reboot required': 'NodeRebootRequired',
  'system reboot': 'NodeRebootRequired', 'system reboot required': 'NodeRebootRequired',
  'drain p2p': 'DrainP2PRequired', 'drain p2p required': 'DrainP2PRequired',
  'drain and reset': 'DrainAndResetRequired', 'drain and reset required': 'DrainAndResetRequired',
  'bus reset': 'BusResetRequired', 'bus reset required': 'BusResetRequired',
  'recover imex domain': 'IMEXDomainRecoveryRequired', 'imex domain recovery': 'IMEXDomainRecoveryRequired', 'recover imex domain required': 'IMEXDomainRecoveryRequired',
};

/** Before driver 570, and there until it was taken away: nvidia-smi prints them as deprecated. */
const OLDER: readonly FlagRule[] = [
  { field: 'resetRequired', reason: 'GPUResetRequired', element: 'reset_required', says: 'the driver asks for a reset (reset_required is Yes)' },
  { field: 'drainAndResetRecommended', reason: 'DrainAndResetRequired', element: 'drain_and_reset_recommended', says: 'the driver asks to drain and reset it (drain_and_reset_recommended is Yes)' },
];

/** What the driver itself asks for. */
export function recovery(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'recovery', 'GPURecoveryRequired', judgeRecovery, judgeBeside);
}

/** Pure. GPUs that cannot be read before a reset, as nvidia-smi says beside its output, by name or, if it names none, as one that nobody knows. */
function judgeBeside(complaints: readonly Complaint[], gpus: readonly GpuRecord[]): readonly Problem[] {
  const asking = complaints.filter(({ kind }) => kind === 'reset-required');
  const listed = new Set(gpus.filter(requiresReset).map(({ address }) => address));
  const addresses = [...new Set(asking.flatMap(({ address }) => address ?? []))];
  const named = addresses.filter((address) => !listed.has(address)).map((address) => {
    const gpu = gpus.find((each) => each.address === address);
    return mustReset(address, gpu === undefined ? describeDevice(address, undefined, undefined) : describeGpu(gpu));
  });
  const [first] = asking;
  if (first === undefined || addresses.length > 0 || listed.size > 0) return named;
  return [problem('GPUResetRequired', 'a GPU', `a GPU: ${saidBy(first)}`)];
}

function requiresReset({ fields }: GpuRecord): boolean {
  return Object.values(fields).some(({ kind }) => kind === 'reset-required');
}

function mustReset(address: string, name: string): Problem {
  return problem('GPUResetRequired', partOf(address, 'fields'), `${name}: requires a reset before it can be read (GPU requires reset)`);
}

/** Pure. */
export function judgeRecovery(context: GpuContext): GpuFinding {
  const { gpu, name } = context;
  if (requiresReset(gpu)) return { verdicts: [mustReset(gpu.address, name)] };
  const verdicts = [...action(context), ...older(context)];
  return { verdicts: verdicts.length > 0 ? verdicts : [notApplicable('this driver or board tells no recovery action')] };
}

/** A driver prints both of them or none. */
function older(context: GpuContext): readonly Verdict[] {
  const { fields } = context.gpu;
  if (!OLDER.some(({ field }) => isExpected(fields[field]))) return [];
  return OLDER.flatMap((rule) => {
    const field = fields[rule.field];
    return field.kind === 'unsupported' ? [cannotTell(context, rule.element, field.text)] : judgeFlag(context, rule);
  });
}

const ACTION_PART = 'action';

function action(context: GpuContext): readonly Verdict[] {
  const { gpu, name } = context;
  const word = wordOf(gpu.fields.recoveryAction);
  if (word.kind === 'none') return [];
  if (word.kind === 'bad') return [cannotTell(context, 'gpu_recovery_action', word.text, ACTION_PART)];
  const key = word.text.toLowerCase();
  if (key === 'none') return [healthy];
  const reason = Object.hasOwn(REASON_OF, key) ? REASON_OF[key] : undefined;
  if (reason === undefined) return [cannotTell(context, 'gpu_recovery_action', word.text, ACTION_PART)];
  return [problem(reason, partOf(gpu.address, ACTION_PART), `${name}: the driver asks for it (gpu_recovery_action is ${word.text})`)];
}
