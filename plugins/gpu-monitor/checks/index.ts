import type { Check } from '../../core/check.ts';
import type { RollUp } from '../roll-ups.ts';
import type { GpuSettings } from '../settings.ts';
import type { GpuSources } from '../sources.ts';
import { driver } from './driver.ts';
import { fabric } from './fabric.ts';
import { hung } from './hung.ts';
import { memoryFault } from './memory-fault.ts';
import { memoryUsage } from './memory-usage.ts';
import { missing } from './missing.ts';
import { npdExt } from './npd-ext.ts';
import { nvlink } from './nvlink.ts';
import { pcie } from './pcie.ts';
import { recovery } from './recovery.ts';
import { temperature } from './temperature.ts';
import { throttled } from './throttled.ts';
import { createXidKnowledge } from '../xid/knowledge.ts';
import { xidErrors } from './xid.ts';

/** Every check of the gpu-monitor, in the order in which their findings are told. */
export function gpuChecks(sources: GpuSources, rollUps: readonly RollUp[]): readonly Check<GpuSettings>[] {
  const knowledge = createXidKnowledge();
  return [
    hung(sources), driver(sources), missing(sources, knowledge), xidErrors(sources, { knowledge }), memoryFault(sources), memoryUsage(sources), temperature(sources), throttled(sources),
    nvlink(sources), fabric(sources), pcie(sources), recovery(sources),
    ...(rollUps.includes('gpu-healthy') ? [npdExt(sources)] : []),
  ];
}
