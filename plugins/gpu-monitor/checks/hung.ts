import type { Check } from '../../core/check.ts';
import { type Verdict, healthy, problem } from '../../core/verdict.ts';
import type { GpuSettings } from '../settings.ts';
import type { SmiLook } from '../smi/look.ts';
import type { GpuSources } from '../sources.ts';
import { SMI_TIMES, seenTwice, smiScene, withoutData } from './smi-look.ts';

const SUBJECT = 'nvidia-smi';

/** Does the driver answer at all? A hang must be seen at two looks in a row: the first question after an idle time initializes every GPU. */
export function hung({ smi }: GpuSources): Check<GpuSettings> {
  return {
    name: 'hung',
    condition: 'GPUHung',
    ...SMI_TIMES,
    look: async ({ root, settings }) => ({ verdicts: judgeHung(await smi.look(smiScene(root, settings)), settings) }),
  };
}

/** Pure. */
export function judgeHung(look: SmiLook, { nvidiaSmiTimeout }: Pick<GpuSettings, 'nvidiaSmiTimeout'>): readonly Verdict[] {
  const limit = `${nvidiaSmiTimeout / 1_000} s`;
  if (look.kind === 'answered' || look.kind === 'failed') return [healthy];
  if (look.kind === 'hung') return seenTwice(problem('NvidiaSmiTimeout', SUBJECT, `nvidia-smi did not end within ${limit} (nvidiaSmiTimeout) and was killed`));
  if (look.kind !== 'uninterruptible') return [withoutData(look)];
  return seenTwice(problem('NvidiaSmiUninterruptible', SUBJECT, `nvidia-smi did not end within ${limit} (nvidiaSmiTimeout) and cannot be killed: it waits in the kernel, and no other is started`));
}
