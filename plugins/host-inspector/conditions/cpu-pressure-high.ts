import type { ConditionSpec } from '../../core/conditions.ts';
import { pressureSettings } from '../settings/pressure.ts';

const MINUTE_MS = 60_000;

const { cpuStalledMaxPercent, cpuStalledNodeMaxPercent, cpuThrottledMaxPercent, cpuThrottledMaxPerMinute } = pressureSettings;

/** The node's own services get too little CPU, or heat slows the CPUs down. */
export const cpuPressureHigh: ConditionSpec = {
  type: 'CPUPressureHigh',
  polarity: 'problem',
  reasons: [
    {
      reason: 'CPUStalled',
      severity: 'warn',
      reads: '/sys/fs/cgroup/{system,runtime}.slice/cpu.pressure, else /proc/pressure/cpu; /proc/loadavg',
      limit: `some avg60 of the services above ${cpuStalledMaxPercent.initial}% with more tasks than CPUs, else of all tasks above ${cpuStalledNodeMaxPercent.initial}% with four times as many`,
      advice: 'Find what takes the CPUs with `kubectl top pod -A` or `systemd-cgtop`; see whether kubelet reserves CPU for the node (`--system-reserved`, `--kube-reserved`).',
      // A rollout or a burst of starting Pods takes all CPUs for minutes, and goes by itself.
      raiseAfterMs: 5 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'CPUThermalThrottled',
      severity: 'warn',
      reads: '/sys/devices/system/cpu/cpu*/thermal_throttle, /proc/uptime',
      limit: `more than ${cpuThrottledMaxPercent.initial}% of the time, on kernels without times more than ${cpuThrottledMaxPerMinute.initial} times a minute`,
      advice: 'Check fans, air flow and inlet temperature with `ipmitool sdr type temperature` and `ipmitool sdr type fan`; the CPUs run slower until it is cooler.',
      // Fans take minutes to answer a jump in load.
      raiseAfterMs: 5 * MINUTE_MS,
      clearAfterMs: 5 * MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasNoCPUPressure', message: "the node's services get CPU and heat does not slow it down" },
  unknownReason: 'CPUPressureUnknown',
  notApplicableReason: 'CPUPressureNotMeasured',
};
