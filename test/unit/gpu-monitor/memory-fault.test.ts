import { assert } from 'chai';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeMemoryFault } from '../../../plugins/gpu-monitor/checks/memory-fault.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { type SmiChange, type SmiSample, smiXml } from '../../support/smi-xml.ts';
import { FIRST, NAME, lookAt, lookAtGpu, notReported, verdictsOf } from './scene.ts';

const H100 = 'NVIDIA H100 80GB HBM3';

/** What is left of the verdicts of a GPU without the healthy ones. */
function sick(sample: Omit<SmiSample, 'gpus'>): readonly Verdict[] {
  return verdictsOf(judgeMemoryFault, sample).filter(({ kind }) => kind !== 'healthy');
}

function changed(change: SmiChange, sample: Omit<SmiSample, 'gpus' | 'change'> = {}): readonly Verdict[] {
  return sick({ ...sample, change: () => change });
}

const found = (reason: string, part: string, says: string): Verdict => ({ kind: 'problem', reason, subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}` });
const unclear = (part: string, says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}`, cause: undefined });
const ECC = found('UncorrectableEccError', 'ecc', 'uncorrectable ECC errors since the driver was loaded (limit 0)');
const FAILED = found('RowRemapFailed', 'remapped_row_failure', 'a bad memory row could not be replaced (remapped_row_failure is Yes)');
const PENDING = found('RowRemapPending', 'remapped_row_pending', 'a bad memory row is replaced by the next reset (remapped_row_pending is Yes)');

describe('memory of a GPU', () => {
  it('is healthy in all its parts, of every generation', () => {
    assert.deepEqual(verdictsOf(judgeMemoryFault, { driver: '418' }), [healthy, healthy]);
    assert.deepEqual(verdictsOf(judgeMemoryFault, { driver: '535' }), [healthy, healthy, healthy]);
    assert.deepEqual(verdictsOf(judgeMemoryFault, { driver: '610' }), [healthy, healthy, healthy, healthy, healthy, healthy, healthy]);
  });

  const problems: readonly (readonly [string, SmiSample, Verdict])[] = [
    ['an uncorrectable SRAM error before 570', { driver: '535', change: () => ({ volatileSramUncorrectable: '1' }) }, ECC],
    ['a parity error', { change: () => ({ volatileSramUncorrectableParity: '3' }) }, ECC],
    ['a SECDED error', { change: () => ({ volatileSramUncorrectableSecded: '1' }) }, ECC],
    ['an uncorrectable DRAM error', { change: () => ({ volatileDramUncorrectable: '5' }) }, ECC],
    ['a double-bit error of an old board', { driver: '418', change: () => ({ volatileDoubleBit: '1' }) }, ECC],
    ['a remap that failed', { change: () => ({ remapFailure: 'Yes' }) }, FAILED],
    ['a remap that waits', { change: () => ({ remapPending: 'Yes' }) }, PENDING],
    ['a retirement that waits', { driver: '418', change: () => ({ retirementPending: 'Yes' }) }, found('PageRetirementPending', 'pending_retirement', 'a bad memory page is retired by the next reset (pending_retirement is Yes)')],
    ['too many SRAM errors', { change: () => ({ sramThresholdExceeded: 'Yes' }) }, found('SramEccThresholdExceeded', 'sram_threshold_exceeded', 'more SRAM errors than the device tolerates (sram_threshold_exceeded is Yes)')],
    ['a channel to be repaired', { change: () => ({ channelRepairPending: 'Yes' }) }, found('MemoryRepairPending', 'channel_repair_pending', 'a memory channel is repaired by the next reset (channel_repair_pending is Yes)')],
    ['a TPC to be repaired', { change: () => ({ tpcRepairPending: 'Yes' }) }, found('MemoryRepairPending', 'tpc_repair_pending', 'a TPC is repaired by the next reset (tpc_repair_pending is Yes)')],
    ['what cannot be repaired', { driver: '595', change: () => ({ unrepairableMemory: 'Yes' }) }, found('MemoryUnrepairable', 'unrepairable_memory', 'the memory has a fault that no repair is left for (unrepairable_memory is Yes)')],
  ];
  for (const [what, sample, verdict] of problems) it(`with ${what} is a problem of its own`, () => assert.deepEqual(sick(sample), [verdict]));

  it('of MIG devices counts as that of their GPU: any error of any of them, and none that cannot be read as none', () => {
    const device = '\t\t\t<mig_device>\n\t\t\t\t<index>0</index>\n\t\t\t\t<ecc_error_count>\n\t\t\t\t\t<volatile_count>\n\t\t\t\t\t\t<sram_uncorrectable>COUNT</sram_uncorrectable>\n\t\t\t\t\t</volatile_count>\n\t\t\t\t</ecc_error_count>\n\t\t\t</mig_device>\n';
    const gpuWith = (...counts: readonly string[]): readonly Verdict[] => {
      const list = `<mig_devices>\n${counts.map((count) => device.replace('COUNT', count)).join('')}\t\t</mig_devices>`;
      const document = parseSmiXml(smiXml({ gpus: 1, mig: true }).replace(/<mig_devices>[^]*<\/mig_devices>/, list));
      return lookAt(judgeMemoryFault, document).verdicts.filter(({ kind }) => kind !== 'healthy');
    };
    const unread = unclear('ecc', 'sram_uncorrectable of MIG devices reads "Unknown Error"');
    assert.deepEqual([gpuWith('0', '0'), gpuWith('0', '1', '0'), gpuWith('7')], [[], [ECC], [ECC]]);
    assert.deepEqual([gpuWith('0', 'Unknown Error'), gpuWith('Unknown Error', '0', '2')], [[unread], [ECC]]);
    assert.deepEqual(gpuWith('N/A', 'N/A'), [notReported(`${H100} reports no sram_uncorrectable of MIG devices`)]);
    assert.deepEqual([gpuWith('N/A', '3'), gpuWith()], [[ECC], []]);
  });

  it('is a problem for each of several faults', () => assert.deepEqual(changed({ volatileDramUncorrectable: '5', remapFailure: 'Yes', remapPending: 'Yes' }), [ECC, FAILED, PENDING]));

  it('is none for errors that were corrected, rows that were replaced, and what happened before the driver was loaded', () => {
    assert.deepEqual(changed({
      volatileSramCorrectable: '9999999', volatileDramCorrectable: '123456789', aggregateDramUncorrectable: '12', aggregateSramUncorrectableParity: '3', remapCorrectable: '3', remapUncorrectable: '2', remapBanksNone: '1 bank(s)',
    }), []);
    assert.deepEqual(changed({ retiredSingleBit: '2', retiredDoubleBit: '1', aggregateDoubleBit: '4', volatileSingleBit: '9' }, { driver: '418' }), []);
  });

  it('is known to have an error though other counts cannot be read, so that nothing hides it', () => {
    assert.deepEqual(changed({ volatileDramUncorrectable: '5', volatileSramUncorrectableParity: 'Unknown Error' }), [ECC]);
  });

  it('is not known where a field cannot be read, as the part that its finding would have', () => {
    assert.deepEqual(changed({ volatileDramUncorrectable: 'Unknown Error' }), [unclear('ecc', 'dram_uncorrectable reads "Unknown Error"')]);
    assert.deepEqual(changed({ volatileDramUncorrectable: '-1' }), [unclear('ecc', 'dram_uncorrectable reads "-1"')]);
    assert.deepEqual(changed({ remapFailure: 'Maybe' }), [unclear('remapped_row_failure', 'remapped_row_failure reads "Maybe"')]);
    assert.deepEqual(changed({ remapPending: '[GPU requires reset]' }), [unclear('remapped_row_pending', 'remapped_row_pending reads "[GPU requires reset]"')]);
    assert.deepEqual(changed({ retirementPending: 'ERR!' }, { driver: '418' }), [unclear('pending_retirement', 'pending_retirement reads "ERR!"')]);
  });

  it('is not known where one field of remapping is told and the other is not', () => {
    assert.deepEqual(changed({ remapFailure: 'N/A' }), [unclear('remapped_row_failure', 'remapped_row_failure reads "N/A"')]);
    assert.deepEqual(changed({ remapPending: undefined }), [unclear('remapped_row_pending', 'remapped_row_pending reads "nothing"')]);
  });

  it('is judged by what its board reports, and the rest is named', () => {
    assert.deepEqual(changed({ volatileDramUncorrectable: 'N/A' }), [notReported(`${H100} reports no dram_uncorrectable`)]);
    assert.deepEqual(changed({ sramThresholdExceeded: 'Requested functionality has been deprecated' }), [notReported(`${H100} reports no sram_threshold_exceeded`)]);
    assert.deepEqual(changed({ 'remapped_rows/': 'N/A' }), [notReported(`${H100} reports neither row remapping nor page retirement`)]);
    assert.deepEqual(changed({ volatileDoubleBit: 'N/A' }, { driver: '418' }), [notReported('Tesla V100-SXM2-32GB reports no uncorrectable ECC errors')]);
  });

  it('without ECC is not judged', () => {
    for (const driver of ['418', '535', '610'] as const) {
      assert.deepEqual(verdictsOf(judgeMemoryFault, { driver, family: 'geforce' }), [notReported('NVIDIA GeForce RTX 2080 reports no memory errors (no ECC)')], driver);
      assert.deepEqual(verdictsOf(judgeMemoryFault, { driver, family: 'vgpu' }), [notReported('GRID P4-1Q reports no memory errors (no ECC)')], driver);
    }
  });

  it('says the same whatever the count is', () => {
    const texts = ['1', '2', '4294967296'].map((count) => changed({ volatileDramUncorrectable: count }));
    assert.deepEqual(texts, [[ECC], [ECC], [ECC]]);
  });

  it('keeps nothing', () => assert.deepEqual(lookAtGpu(judgeMemoryFault, {}).memo, { uptimeMs: 1_030_000, gpus: { [FIRST]: null } }));
});
