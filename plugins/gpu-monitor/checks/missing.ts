import type { Check } from '../../core/check.ts';
import type { GpuSettings } from '../settings.ts';
import type { GpuSources } from '../sources.ts';
import type { XidKnowledge } from '../xid/knowledge.ts';
import { knownOf } from '../inventory/known.ts';
import { judgeMissing } from '../inventory/missing.ts';
import { SMI_TIMES, smiScene } from './smi-look.ts';

/** GPUs that should be there: by the PCI bus, the last good look (also before a reboot), `expectGpus` and the kernel log. */
export function missing({ smi, inventory, visibility }: GpuSources, { fallenOff }: Pick<XidKnowledge, 'fallenOff'>): Check<GpuSettings> {
  return {
    name: 'missing',
    condition: 'GPUMissing',
    ...SMI_TIMES,
    async look({ root, settings: { expectGpus, ...settings }, baseline }) {
      const look = await smi.look(smiScene(root, { expectGpus, ...settings }));
      return judgeMissing({
        look, expected: expectGpus, inventory: inventory(root), visibility: visibility(), fallenOff: new Set(await fallenOff()), known: knownOf(baseline),
      });
    },
  };
}
