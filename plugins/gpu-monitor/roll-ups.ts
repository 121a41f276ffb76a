import type { ConditionSpec } from '../core/conditions.ts';

/** Conditions over all others that are told beside them where somebody asks for it (`--rollup`). */
export type RollUp = 'gpu-healthy' | 'accelerated-hardware-ready';

export const rollUpNames: readonly RollUp[] = ['gpu-healthy', 'accelerated-hardware-ready'];

const NO_GPU = 'NoGPUPresent';

/** As npd-ext's plugin reports it, name included: True is the problem. */
const gpuHealthy: ConditionSpec = {
  type: 'GPUHealthy',
  polarity: 'problem',
  reasons: [
    row('GPUMultipleIssues', 'both of the below', 'See GPUOverheating and GPUMemoryHigh in docs/gpu-monitor.md.'),
    row('GPUOverheating', 'core temperature above temperature_threshold, 85 C where it is off', 'Check air flow and inlet temperature; see the condition GPUTemperatureHigh for the limits of the device itself.'),
    row('GPUMemoryHigh', 'memory in use above memory_threshold, 95% where it is off', 'Look who uses it with `nvidia-smi`; frameworks that take all memory at their start are healthy.'),
  ],
  healthy: { reason: 'GPUIsHealthy', message: 'all GPUs are below the thresholds' },
  unknownReason: 'GPUMonitoringError',
  moreUnknownReasons: ['GPUNotAvailable'],
  notApplicableReason: NO_GPU,
  moreNotApplicableReasons: ['NoGPUExpected'],
};

function row(reason: string, limit: string, advice: string): ConditionSpec['reasons'][number] {
  return { reason, severity: 'warn', reads: 'nvidia-smi -q -x', limit, advice, raiseAfterMs: 0, clearAfterMs: 0, privilege: 'a' };
}

/**
 * What Amazon EKS and Karpenter repair nodes by: False means that the node is to be replaced. So only what a node does not get
 * rid of by itself is in it: no heat, no throttling and no memory in use.
 */
const acceleratedHardwareReady: ConditionSpec = {
  type: 'AcceleratedHardwareReady',
  polarity: 'positive',
  reasons: [],
  healthy: { reason: 'AcceleratedHardwareIsReady', message: 'all GPUs are there and work' },
  unknownReason: 'AcceleratedHardwareUnknown',
  notApplicableReason: NO_GPU,
  moreNotApplicableReasons: ['NoGPUExpected'],
  rollUpOf: ['GPUHung', 'GPUDriverUnhealthy', 'GPUMissing', 'GPUXidError', 'GPUMemoryFault', 'GPUInterconnectFault', 'GPURecoveryRequired'],
};

export const rollUpSpecs: Readonly<Record<RollUp, ConditionSpec>> = { 'gpu-healthy': gpuHealthy, 'accelerated-hardware-ready': acceleratedHardwareReady };

/** Types for which True is healthy. */
export const positiveConditions: ReadonlySet<string> = new Set(Object.values(rollUpSpecs).filter(({ polarity }) => polarity === 'positive').map(({ type }) => type));
