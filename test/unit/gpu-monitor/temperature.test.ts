import { assert } from 'chai';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeTemperature } from '../../../plugins/gpu-monitor/checks/temperature.ts';
import type { GpuSettings } from '../../../plugins/gpu-monitor/settings.ts';
import type { SmiChange, SmiSample } from '../../support/smi-xml.ts';
import { FIRST, NAME, lookAtGpu, notReported, verdictsOf } from './scene.ts';

const H100 = 'NVIDIA H100 80GB HBM3';

function changed(change: SmiChange, sample: Omit<SmiSample, 'gpus' | 'change'> = {}, settings: Partial<GpuSettings> = {}): readonly Verdict[] {
  return verdictsOf(judgeTemperature, { ...sample, change: () => change }, { settings });
}

const found = (reason: string, part: string, says: string): Verdict => ({ kind: 'problem', reason, subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}` });
const unclear = (part: string, says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}`, cause: undefined });
const BEYOND = found('GPUOverheating', 'core', 'as hot as where it slows down (T.Limit margin -2 C, gpu_temp_slow_tlimit_threshold)');
const NEAR = found('GPUNearSlowdown', 'core', 'less than 3 degrees from where it slows down (T.Limit margin -2 C, gpu_temp_slow_tlimit_threshold)');
const BEYOND_OLD = found('GPUOverheating', 'core', 'as hot as where it slows down (89 C, gpu_temp_slow_threshold)');
const NEAR_OLD = found('GPUNearSlowdown', 'core', 'less than 3 degrees from where it slows down (89 C, gpu_temp_slow_threshold)');
const OLD = { driver: '470' } as const;

describe('temperature of a GPU', () => {
  const byMargin: readonly (readonly [string, Verdict])[] = [['58 C', healthy], ['2 C', healthy], ['1 C', healthy], ['0 C', NEAR], ['-1 C', NEAR], ['-2 C', BEYOND], ['-7 C', BEYOND]];
  for (const [margin, verdict] of byMargin) it(`with a T.Limit margin of ${margin} where -2 slows it down is ${verdict.kind}`, () => assert.deepEqual(changed({ temperatureMargin: margin }), [verdict]));

  const byLimit: readonly (readonly [string, Verdict])[] = [['29 C', healthy], ['86 C', healthy], ['87 C', NEAR_OLD], ['88 C', NEAR_OLD], ['89 C', BEYOND_OLD], ['93 C', BEYOND_OLD]];
  for (const [now, verdict] of byLimit) {
    it(`of ${now} where 89 slows it down is ${verdict.kind}`, () => assert.deepEqual(changed({ temperature: now }, OLD), [verdict, healthy]));
  }

  it('is judged by the limit of the device: 95 C is healthy where it slows down at 105', () => {
    assert.deepEqual(changed({ temperature: '95 C', slowdownTemperature: '105 C' }, OLD), [healthy, healthy]);
    assert.deepEqual(changed({ temperature: '95 C', slowdownTemperature: '93 C' }, OLD), [found('GPUOverheating', 'core', 'as hot as where it slows down (93 C, gpu_temp_slow_threshold)'), healthy]);
  });

  it('is near the limit by the number that is set', () => {
    assert.deepEqual(changed({ temperatureMargin: '7 C' }, {}, { nearSlowdownCelsius: 10 }), [found('GPUNearSlowdown', 'core', 'less than 10 degrees from where it slows down (T.Limit margin -2 C, gpu_temp_slow_tlimit_threshold)')]);
    assert.deepEqual(changed({ temperatureMargin: '-1 C' }, {}, { nearSlowdownCelsius: 0 }), [healthy]);
  });

  it('of its memory is a problem at the limit of the device', () => {
    assert.deepEqual(changed({ memoryTemperature: '94 C' }, OLD), [healthy, healthy]);
    assert.deepEqual(changed({ memoryTemperature: '95 C' }, OLD), [healthy, found('GPUOverheating', 'memory', 'its memory is as hot as it may be (95 C, gpu_temp_max_mem_threshold)')]);
  });

  it('is held against a fixed limit only where one is set', () => {
    const hot = { temperature: '86 C' };
    assert.deepEqual(changed(hot), [healthy]);
    assert.deepEqual(changed({ temperature: '85 C' }, {}, { temperature_threshold: 85 }), [healthy, healthy]);
    assert.deepEqual(changed(hot, {}, { temperature_threshold: 85 }), [healthy, found('GPUOverheating', 'threshold', 'hotter than 85 C (temperature_threshold)')]);
  });

  it('beyond the limit is known though another of its numbers cannot be read', () => {
    assert.deepEqual(changed({ temperatureMargin: '-5 C', temperature: 'Unknown Error' }), [BEYOND]);
    assert.deepEqual(changed({ temperature: '90 C', slowdownMargin: 'Unknown Error' }, {}, { temperature_threshold: 85 }).slice(1), [found('GPUOverheating', 'threshold', 'hotter than 85 C (temperature_threshold)')]);
  });

  it('is not known where a number cannot be read, as the part that its finding would have', () => {
    const rows: readonly (readonly [SmiChange, Omit<SmiSample, 'gpus'>, readonly Verdict[]])[] = [
      [{ temperature: 'Unknown Error' }, {}, [unclear('core', 'gpu_temp reads "Unknown Error"')]],
      [{ temperatureMargin: 'ERR!' }, {}, [unclear('core', 'gpu_temp_tlimit reads "ERR!"')]],
      [{ slowdownMargin: 'hot' }, {}, [unclear('core', 'gpu_temp_slow_tlimit_threshold reads "hot"')]],
      [{ temperature: '29 F' }, OLD, [unclear('core', 'gpu_temp reads "29 F"'), healthy]],
      [{ memoryTemperature: 'Unknown Error' }, OLD, [healthy, unclear('memory', 'memory_temp reads "Unknown Error"')]],
    ];
    for (const [change, sample, expected] of rows) assert.deepEqual(changed(change, sample), expected);
    assert.deepEqual(changed({ temperature: 'N/A' }, {}, { temperature_threshold: 85 }), [healthy, unclear('threshold', 'gpu_temp reads "nothing, though temperature_threshold is set"')]);
  });

  it('is not known where a limit is told and what it is for is not, or the other way round', () => {
    assert.deepEqual(changed({ temperatureMargin: 'N/A' }), [unclear('core', 'gpu_temp_tlimit reads "nothing, though there is a limit for it"')]);
    assert.deepEqual(changed({ slowdownMargin: 'N/A' }), [unclear('core', 'gpu_temp_slow_tlimit_threshold reads "nothing, though there is a margin to it"')]);
    assert.deepEqual(changed({ temperature: 'N/A' }, OLD), [unclear('core', 'gpu_temp reads "nothing, though there is a limit for it"'), healthy]);
    assert.deepEqual(changed({ memoryTemperature: 'N/A' }, OLD), [healthy, unclear('memory', 'memory_temp reads "nothing, though there is a limit for it"')]);
  });

  it('with a margin but without any limit, as older drivers and --query-gpu have it, is not judged', () => {
    assert.deepEqual(changed({ slowdownMargin: undefined }), [notReported(`${H100} reports no temperature with a limit`)]);
  });

  it('of a board that tells both kinds is judged by the margin, and by the other where that has no limit', () => {
    const both = { slowdownMargin: '-2 C', 'temperature/gpu_temp_slow_threshold': '89 C' };
    assert.deepEqual(changed({ ...both, temperatureMargin: '-2 C' }), [BEYOND]);
    assert.deepEqual(changed({ ...both, temperature: '95 C' }), [healthy]);
    assert.deepEqual(changed({ ...both, temperatureMargin: 'N/A' }), [unclear('core', 'gpu_temp_tlimit reads "nothing, though there is a limit for it"')]);
    assert.deepEqual(changed({ ...both, slowdownMargin: 'N/A' }), [healthy, notReported(`${H100} reports no gpu_temp_slow_tlimit_threshold`)]);
  });

  it('of a board without limits is not judged', () => {
    assert.deepEqual(changed({ slowdownTemperature: 'N/A', memoryMaxTemperature: 'N/A' }, OLD), [notReported('NVIDIA A100-SXM4-80GB reports no temperature with a limit')]);
    assert.deepEqual(verdictsOf(judgeTemperature, { family: 'vgpu' }), [notReported('GRID P4-1Q reports no temperature with a limit')]);
    assert.deepEqual(changed({ memoryMaxTemperature: 'N/A' }, OLD), [healthy, notReported('NVIDIA A100-SXM4-80GB reports no gpu_temp_max_mem_threshold')]);
  });

  it('gives its numbers as readings', () => {
    const source = 'nvidia-smi -q -x, temperature';
    assert.deepEqual(lookAtGpu(judgeTemperature, {}).readings, [
      { name: 'temperature', subject: FIRST, value: 29, unit: 'celsius', source },
      { name: 'temperature_margin', subject: FIRST, value: 58, unit: 'celsius', source },
      { name: 'memory_temperature', subject: FIRST, value: 37, unit: 'celsius', source },
    ]);
  });
});
