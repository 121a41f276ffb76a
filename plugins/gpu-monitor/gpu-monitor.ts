import type { MonitorDefinition } from '../core/monitor.ts';
import { gpuChecks } from './checks/index.ts';
import { gpuConditions } from './conditions.ts';
import { gpuSettings } from './settings.ts';
import type { GpuSources } from './sources.ts';
import type { RollUp } from './roll-ups.ts';

export interface GpuMonitorOptions {
  readonly sources: GpuSources;
  /** Conditions over all others that are told beside them. */
  readonly rollUps: readonly RollUp[];
}

/** The gpu-monitor as data: what it checks, what it can say, what can be set. */
export function gpuMonitor({ sources, rollUps }: GpuMonitorOptions): MonitorDefinition<typeof gpuSettings> {
  return {
    name: 'gpu-monitor',
    description: 'NVIDIA GPUs of the node, read through nvidia-smi, the PCI bus and the kernel log',
    specs: gpuConditions(rollUps),
    settings: gpuSettings,
    checks: gpuChecks(sources, rollUps),
  };
}
