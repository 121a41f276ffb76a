import { assert } from 'chai';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeMemoryUsage } from '../../../plugins/gpu-monitor/checks/memory-usage.ts';
import type { SmiChange } from '../../support/smi-xml.ts';
import { FIRST, NAME, lookAtGpu, notReported, verdictsOf } from './scene.ts';

const LIMIT = { settings: { memory_threshold: 95 } };
const changed = (change: SmiChange): readonly Verdict[] => verdictsOf(judgeMemoryUsage, { change: () => change }, LIMIT);
const unclear = (says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · memory`, message: `${NAME}: ${says}`, cause: undefined });
const FULL: Verdict = { kind: 'problem', reason: 'GPUMemoryUsageHigh', subject: `${FIRST} · memory`, message: `${NAME}: more than 95% of its memory in use (memory_threshold)` };

describe('memory of a GPU in use', () => {
  it('is nobody\'s problem unless somebody set a threshold', () => {
    assert.deepEqual(verdictsOf(judgeMemoryUsage, { change: () => ({ memoryUsed: '81559 MiB' }) }), [notReported('memory_threshold is not set')].map((verdict) => ({ ...verdict, reason: 'MemoryThresholdNotSet' })));
  });

  const rows: readonly (readonly [string, SmiChange, readonly Verdict[]])[] = [
    ['none', {}, [healthy]],
    ['just the threshold', { memoryTotal: '1000 MiB', memoryUsed: '950 MiB' }, [healthy]],
    ['more than that', { memoryTotal: '1000 MiB', memoryUsed: '951 MiB' }, [FULL]],
    ['all', { memoryUsed: '81559 MiB' }, [FULL]],
    ['what cannot be read', { memoryUsed: 'Unknown Error' }, [unclear('fb_memory_usage used reads "Unknown Error"')]],
    ['of a total that cannot be read', { memoryTotal: '80 GiB' }, [unclear('fb_memory_usage total reads "80 GiB"')]],
    ['of nothing', { memoryTotal: '0 MiB' }, [unclear('fb_memory_usage total reads "0 MiB"')]],
    ['of which only the total is told', { memoryUsed: 'N/A' }, [unclear('fb_memory_usage reads "only one of total and used"')]],
    ['that the board does not tell', { 'fb_memory_usage/': 'N/A' }, [notReported('NVIDIA H100 80GB HBM3 reports no fb_memory_usage')]],
  ];
  for (const [what, change, verdicts] of rows) it(`${what}: ${verdicts[0]?.kind}`, () => assert.deepEqual(changed(change), verdicts));

  it('is a reading', () => {
    assert.deepEqual(lookAtGpu(judgeMemoryUsage, { change: () => ({ memoryUsed: '40000 MiB' }) }, LIMIT).readings, [
      { name: 'memory_used', subject: FIRST, value: 49, unit: 'percent', source: 'nvidia-smi -q -x, fb_memory_usage' },
    ]);
  });
});
