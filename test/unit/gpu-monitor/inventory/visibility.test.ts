import { assert } from 'chai';
import { type GpuVisibility, givenBy } from '../../../../plugins/gpu-monitor/inventory/visibility.ts';

describe('what a container was given of GPUs, by NVIDIA_VISIBLE_DEVICES', () => {
  const ROWS: readonly (readonly [string | undefined, GpuVisibility['given']])[] = [
    ['all', 'all'], [' all ', 'all'],
    [undefined, 'unsaid'], ['', 'unsaid'], ['void', 'unsaid'], ['none', 'unsaid'],
    ['0', 'some'], ['0,1,2,3,4,5,6,7', 'some'], ['GPU-0a0b0c0d-0000-4000-8000-000000000000', 'some'], ['MIG-0a0b0c0d-0000-4000-8000-000000000000', 'some'],
    ['/var/run/nvidia-container-devices', 'some'], ['nvidia.com/gpu=0', 'some'], ['ALL', 'some'],
  ];
  for (const [value, given] of ROWS) it(`is ${given} with ${value === undefined ? 'nothing' : `"${value}"`}`, () => assert.equal(givenBy(value), given));
});
