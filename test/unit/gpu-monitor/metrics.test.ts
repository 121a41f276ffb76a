import { assert } from 'chai';
import * as fc from 'fast-check';
import { gpuMetrics } from '../../../plugins/gpu-monitor/metrics.ts';
import type { SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { DRIVERS, FAMILIES } from '../../support/smi-leaves.ts';
import { type SmiSample, fieldsIn, smiXml } from '../../support/smi-xml.ts';
import { uuidOf } from './scene.ts';

const RUN = { exitCode: 0, tookMs: 734 };
const answered = (sample: SmiSample): SmiLook => ({ kind: 'answered', document: parseSmiXml(smiXml({ withSupportedClocks: false, ...sample })), complaints: [], run: RUN });

/** `temperature_celsius{sensor=gpu} 29` of the first GPU, in the order given. */
function linesOf(look: SmiLook): readonly string[] {
  return gpuMetrics(look).map(({ name, labels, value }) => {
    const { index: _, uuid: __, ...rest } = labels;
    const words = Object.entries(rest).map(([label, text]) => `${label}=${text}`);
    return `${name.replace('npd_plugins_gpu_', '')}${words.length === 0 ? '' : `{${words.join(',')}}`} ${value}`;
  });
}

describe('metrics of the GPUs', () => {
  it('are in base units, each under its name', () => {
    const change = (): Readonly<Record<string, string>> => ({
      memoryUsed: '2 MiB', utilizationGpu: '50 %', hwThermalSlowdownUs: '1500000 us', volatileDramCorrectable: '7', aggregateDramUncorrectable: '3', remapUncorrectable: '1', remapBanksNone: '2 bank(s)', replayCounter: '174',
    });
    assert.deepEqual(linesOf(answered({ gpus: 1, change })), [
      'nvidia_smi_answers 1', 'nvidia_smi_duration_seconds 0.734', 'nvidia_smi_exit_code 0',
      'temperature_celsius{sensor=gpu} 29', 'temperature_celsius{sensor=memory} 37', 'temperature_margin_celsius 58',
      'memory_total_bytes 85520809984', 'memory_used_bytes 2097152', 'power_draw_watts 68.57', 'power_limit_watts 700', 'utilization_ratio{part=gpu} 0.5', 'utilization_ratio{part=memory} 0',
      'clock_hertz{domain=graphics} 1980000000', 'clock_hertz{domain=sm} 1970000000', 'clock_hertz{domain=memory} 2619000000',
      'throttle_seconds_total{cause=hw_thermal_slowdown} 1.5', 'throttle_seconds_total{cause=hw_power_brake_slowdown} 0', 'throttle_seconds_total{cause=sw_thermal_slowdown} 0', 'throttle_seconds_total{cause=sw_power_cap} 7015.662857',
      'ecc_errors_total{kind=sram_correctable} 0', 'ecc_errors_total{kind=dram_correctable} 7', 'ecc_errors_total{kind=sram_uncorrectable_parity} 0', 'ecc_errors_total{kind=sram_uncorrectable_secded} 0', 'ecc_errors_total{kind=dram_uncorrectable} 0',
      'ecc_errors_lifetime_total{kind=sram_correctable} 0', 'ecc_errors_lifetime_total{kind=dram_correctable} 0', 'ecc_errors_lifetime_total{kind=sram_uncorrectable_parity} 0', 'ecc_errors_lifetime_total{kind=sram_uncorrectable_secded} 0', 'ecc_errors_lifetime_total{kind=dram_uncorrectable} 3',
      'remapped_rows{cause=correctable} 0', 'remapped_rows{cause=uncorrectable} 1', 'remap_banks_exhausted 2', 'pcie_replays_total 174', 'pcie_link_width 16',
    ]);
  });

  it('are of old boards what these have', () => {
    const lines = linesOf(answered({ gpus: 1, driver: '418', change: () => ({ volatileDoubleBit: '1', retiredSingleBit: '2' }) }));
    assert.includeMembers([...lines], ['ecc_errors_total{kind=single_bit} 0', 'ecc_errors_total{kind=double_bit} 1', 'ecc_errors_lifetime_total{kind=double_bit} 0', 'retired_pages{cause=single_bit} 2', 'retired_pages{cause=double_bit} 0']);
    assert.isFalse(lines.some((line) => /margin|throttle|remap/.test(line)));
  });

  it('are told apart by index and UUID alone, so that their number is bounded', () => {
    const metrics = gpuMetrics(answered({ gpus: 8 })).filter(({ name }) => !name.includes('nvidia_smi'));
    assert.deepEqual([...new Set(metrics.map(({ labels }) => `${labels['index']} ${labels['uuid']}`))], [0, 1, 2, 3, 4, 5, 6, 7].map((gpu) => `${gpu} ${uuidOf(gpu)}`));
    assert.equal(metrics.length % 8, 0);
    for (const { labels } of metrics) assert.isAtMost(Object.keys(labels).length, 3);
  });

  it('are of one type, help and set of labels for each name, which says what it is', () => {
    const metrics = [...gpuMetrics(answered({ gpus: 2 })), ...gpuMetrics(answered({ gpus: 2, driver: '418' }))];
    const kinds = new Map(metrics.map(({ name, type, help, labels }) => [name, `${type} ${help} ${Object.keys(labels).join()}`]));
    for (const { name, type, help, labels } of metrics) {
      assert.equal(`${type} ${help} ${Object.keys(labels).join()}`, kinds.get(name));
      assert.match(name, /^npd_plugins_gpu_[a-z_]+$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.match(help, /^[A-Z1].*\.$/);
    }
  });

  it('leave out what is no number, whatever stands there, and are never NaN', () => {
    const samples = DRIVERS.flatMap((driver) => FAMILIES.map((family) => ({ driver, family, gpus: 1 })));
    const texts = fc.constantFrom('N/A', '[N/A]', '[Not Supported]', 'Unknown Error', 'ERR!', 'GPU is lost', '[GPU requires reset]', 'Requested functionality has been deprecated', 'Insufficient Permissions', '', '1e9', 'NaN', '12 parsecs', '99999999999999999999');
    fc.assert(fc.property(fc.constantFrom(...samples), fc.nat(1_000), texts, (sample, place, text) => {
      const fields = fieldsIn(sample);
      const field = fields[place % fields.length] ?? 'temperature';
      const before = linesOf(answered(sample));
      const metrics = gpuMetrics(answered({ ...sample, change: () => ({ [field]: text }) }));
      assert.isTrue(metrics.every(({ value }) => Number.isFinite(value)));
      assert.isAtMost(metrics.length, before.length);
    }));
    const spoiled = answered({ gpus: 1, change: () => ({ temperature: 'N/A', memoryUsed: 'Unknown Error', replayCounter: 'GPU is lost' }) });
    assert.isFalse(linesOf(spoiled).some((line) => /sensor=gpu|memory_used|replays/.test(line)));
  });

  it('tell of nvidia-smi also where it gave no data', () => {
    assert.deepEqual(linesOf({ kind: 'failed', complaints: [], run: { exitCode: 9, tookMs: 40 } }), ['nvidia_smi_answers 0', 'nvidia_smi_duration_seconds 0.04', 'nvidia_smi_exit_code 9']);
    assert.deepEqual(linesOf({ kind: 'failed', complaints: [], run: { exitCode: null, tookMs: 40 } }), ['nvidia_smi_answers 0', 'nvidia_smi_duration_seconds 0.04']);
    for (const look of [{ kind: 'hung', message: 'x' }, { kind: 'no-gpu', message: 'x' }, { kind: 'untold', message: 'x' }] as const) assert.deepEqual(linesOf(look), ['nvidia_smi_answers 0']);
  });
});
