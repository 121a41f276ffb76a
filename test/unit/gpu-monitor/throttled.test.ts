import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeThrottled } from '../../../plugins/gpu-monitor/checks/throttled.ts';
import type { SmiChange, SmiSample } from '../../support/smi-xml.ts';
import { FIRST, NAME, lookAtGpu, notReported, verdictsOf } from './scene.ts';

type Sample = Omit<SmiSample, 'gpus' | 'change'>;

function changed(change: SmiChange, sample: Sample = {}): readonly Verdict[] {
  return verdictsOf(judgeThrottled, { ...sample, change: () => change });
}

/** Verdicts of a second look, 30 s after the first. */
function then(first: SmiChange, second: SmiChange, hardwareSlowdownMaxPercent = 5): readonly Verdict[] {
  const look = lookAtGpu(judgeThrottled, { change: () => first });
  return verdictsOf(judgeThrottled, { change: () => second }, { look, settings: { hardwareSlowdownMaxPercent } });
}

const unclear = (element: string, says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · ${element}`, message: `${NAME}: ${says}`, cause: undefined });
const HEAT: Verdict = {
  kind: 'problem', reason: 'HardwareThermalSlowdown', subject: `${FIRST} · hw_thermal_slowdown`, message: `${NAME}: heat makes the hardware halve its clocks (hw_thermal_slowdown is Active)`,
};
const BRAKE: Verdict = {
  kind: 'problem', reason: 'PowerBrakeSlowdown', subject: `${FIRST} · hw_power_brake_slowdown`, message: `${NAME}: the power supply makes the hardware halve its clocks (hw_power_brake_slowdown is Active)`,
};
const LONG_HEAT: Verdict = { ...HEAT, message: `${NAME}: heat makes the hardware halve its clocks (hw_thermal_slowdown for more than 5% of the time)` };
const LONG_BRAKE: Verdict = { ...BRAKE, message: `${NAME}: the power supply makes the hardware halve its clocks (hw_power_brake_slowdown for more than 5% of the time)` };

describe('slowdown of a GPU by its hardware', () => {
  for (const driver of ['418', '525', '535', '580', '610'] as const) {
    it(`is seen under the names of driver ${driver}`, () => {
      assert.deepEqual(changed({}, { driver }), [healthy, healthy]);
      assert.deepEqual(changed({ hwThermalSlowdown: 'Active' }, { driver }), [HEAT, healthy]);
      assert.deepEqual(changed({ powerBrakeSlowdown: 'Active' }, { driver }), [healthy, BRAKE]);
    });
  }

  it('is also seen by counters that grow between two looks', () => {
    assert.deepEqual(then({ hwThermalSlowdownUs: '1000 us' }, { hwThermalSlowdownUs: '1501001 us' }), [LONG_HEAT, healthy]);
    assert.deepEqual(then({ powerBrakeSlowdownUs: '0 us' }, { powerBrakeSlowdownUs: '30000000 us' }), [healthy, LONG_BRAKE]);
  });

  it('says the same as long as either lasts, and begins anew after its end', () => {
    const share = (active: string, us: number): SmiChange => ({ hwThermalSlowdown: active, hwThermalSlowdownUs: `${us} us` });
    const told = (...changes: readonly SmiChange[]): readonly (Verdict | undefined)[] => {
      let look: Look | undefined;
      return changes.map((change) => (look = lookAtGpu(judgeThrottled, { change: () => change }, { look })).verdicts[0]);
    };
    const bad = unclear('hw_thermal_slowdown', 'hw_thermal_slowdown reads "ERR!"');
    assert.deepEqual(told(share('Active', 0), share('Not Active', 9_000_000), share('ERR!', 9_000_000), share('Active', 18_000_000)), [HEAT, HEAT, bad, HEAT]);
    assert.deepEqual(told(share('Not Active', 0), share('Not Active', 9_000_000), share('Active', 9_000_000), share('Not Active', 9_000_000)), [healthy, LONG_HEAT, LONG_HEAT, healthy]);
    assert.deepEqual(told(share('Not Active', 0), share('Not Active', 9_000_000), share('Not Active', 9_000_000), share('Active', 9_000_000)), [healthy, LONG_HEAT, healthy, HEAT]);
  });

  it('is tolerated up to the limit that is set', () => {
    assert.deepEqual(then({ hwThermalSlowdownUs: '1000 us' }, { hwThermalSlowdownUs: '1501000 us' }), [healthy, healthy]);
    assert.deepEqual(then({ hwThermalSlowdownUs: '0 us' }, { hwThermalSlowdownUs: '14000000 us' }, 50), [healthy, healthy]);
    assert.deepEqual(then({ hwThermalSlowdownUs: '0 us' }, { hwThermalSlowdownUs: '1 us' }, 0), [{ ...LONG_HEAT, message: LONG_HEAT.message.replace('5%', '0%') }, healthy]);
  });

  it('is not what a counter has from before the first look, or from before the driver was loaded anew', () => {
    assert.deepEqual(changed({ hwThermalSlowdownUs: '306000000000 us' }), [healthy, healthy]);
    assert.deepEqual(then({ hwThermalSlowdownUs: '306000000000 us' }, { hwThermalSlowdownUs: '5000 us' }), [healthy, healthy]);
  });

  it('is neither the power cap nor the heat limit of the software', () => {
    const busy = { swPowerCap: 'Active', swThermalSlowdown: 'Active', swPowerCapUs: '306000000000 us', swThermalSlowdownUs: '7300000 us' };
    assert.deepEqual(then(busy, { ...busy, swPowerCapUs: '306030000000 us', swThermalSlowdownUs: '37300000 us' }), [healthy, healthy]);
  });

  it('is known from one of state and counter though the other cannot be read', () => {
    assert.deepEqual(changed({ hwThermalSlowdown: 'Active', hwThermalSlowdownUs: 'Unknown Error' }), [HEAT, healthy]);
    assert.deepEqual(then({}, { hwThermalSlowdown: 'Unknown Error', hwThermalSlowdownUs: '30000000 us' }), [LONG_HEAT, healthy]);
  });

  it('is not known where state or counter cannot be read, as the part that its finding would have', () => {
    const rows: readonly (readonly [SmiChange, string])[] = [
      [{ hwThermalSlowdown: 'Unknown Error' }, 'hw_thermal_slowdown reads "Unknown Error"'],
      [{ hwThermalSlowdown: 'Yes' }, 'hw_thermal_slowdown reads "Yes"'],
      [{ hwThermalSlowdownUs: '12 ms' }, 'hw_thermal_slowdown counter reads "12 ms"'],
      [{ hwThermalSlowdown: 'N/A' }, 'hw_thermal_slowdown reads "nothing, though the others are told"'],
      [{ hwThermalSlowdownUs: 'N/A' }, 'hw_thermal_slowdown counter reads "nothing, though the others are told"'],
    ];
    for (const [change, says] of rows) assert.deepEqual(changed(change), [unclear('hw_thermal_slowdown', says), healthy]);
  });

  it('is judged by states alone where a board has no counters, and says so', () => {
    const none = Object.fromEntries(['swPowerCapUs', 'swThermalSlowdownUs', 'hwThermalSlowdownUs', 'powerBrakeSlowdownUs'].map((field) => [field, 'N/A']));
    const H100 = 'NVIDIA H100 80GB HBM3 reports no';
    assert.deepEqual(changed(none), [healthy, notReported(`${H100} hw_thermal_slowdown counter`), healthy, notReported(`${H100} hw_power_brake_slowdown counter`)]);
  });

  it('is not judged where a board reports none of it', () => {
    assert.deepEqual(verdictsOf(judgeThrottled, { family: 'vgpu' }), [notReported('GRID P4-1Q reports no hardware slowdowns')]);
    assert.deepEqual(changed({ 'clocks_throttle_reasons/': 'N/A' }, { driver: '470' }), [notReported('NVIDIA A100-SXM4-80GB reports no hardware slowdowns')]);
  });

  it('gives its share of the time as a reading', () => {
    const look = lookAtGpu(judgeThrottled, {});
    const { readings } = lookAtGpu(judgeThrottled, { change: () => ({ hwThermalSlowdownUs: '750000 us' }) }, { look });
    const source = 'nvidia-smi -q -x, clocks_event_reasons_counters';
    assert.deepEqual(readings, [
      { name: 'hw_thermal_slowdown_time', subject: FIRST, value: 2.5, unit: 'percent', source },
      { name: 'hw_power_brake_slowdown_time', subject: FIRST, value: 0, unit: 'percent', source },
    ]);
  });
});
