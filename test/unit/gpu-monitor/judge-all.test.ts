import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Verdict, healthy, notApplicable, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { type GpuContext, type GpuFinding, judgeAll, perGpu } from '../../../plugins/gpu-monitor/checks/per-gpu.ts';
import type { SmiDocument } from '../../../plugins/gpu-monitor/smi/record.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { type SmiChange, smiXml } from '../../support/smi-xml.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ADDRESSES, type Answers, FIRST, NAME, inventoryOf, lookAt, lookWith, nameOf, settingsWith, sourcesOf } from './scene.ts';

const documentOf = (gpus: number, change: (gpu: number) => SmiChange = () => ({})): SmiDocument => parseSmiXml(smiXml({ gpus, change, withSupportedClocks: false }));
const fine = (): GpuFinding => ({ verdicts: [healthy] });
const times = (count: number): readonly Verdict[] => Array.from({ length: count }, () => healthy);

/** Counts its looks, and what each was given. */
function counting(seen: Pick<GpuContext, 'name' | 'before' | 'baseline'>[]): (context: GpuContext) => GpuFinding {
  return ({ name, before, baseline }) => {
    seen.push({ name, before, baseline });
    return { verdicts: [healthy], memo: { count: ((before?.memo as { readonly count: number } | null | undefined)?.count ?? 0) + 1 }, baseline: { best: 7 } };
  };
}

describe('a check of each GPU', () => {
  it('gives each what it kept of that GPU, and how long ago', () => {
    const seen: Pick<GpuContext, 'name' | 'before' | 'baseline'>[] = [];
    const first = lookAt(counting(seen), documentOf(1));
    const second = lookAt(counting(seen), documentOf(1), { look: first });
    assert.deepEqual(seen, [{ name: NAME, before: undefined, baseline: undefined }, { name: NAME, before: { memo: { count: 1 }, intervalMs: 30_000 }, baseline: { best: 7 } }]);
    assert.deepEqual([second.memo, second.baseline], [{ uptimeMs: 1_060_000, gpus: { [FIRST]: { count: 2 } } }, { [FIRST]: { best: 7 } }]);
  });

  it('knows nothing from before after a reboot, but what is usual', () => {
    const seen: Pick<GpuContext, 'name' | 'before' | 'baseline'>[] = [];
    const look: Look = { verdicts: [], memo: { uptimeMs: 9_000_000, gpus: { [FIRST]: { count: 5 } } }, baseline: { [FIRST]: { best: 3 } } };
    judgeAll({ document: documentOf(1), complaints: [] }, { settings: settingsWith(), uptimeMs: 5_000, memo: look.memo as never, baseline: look.baseline as never, givenAway: () => new Set() }, counting(seen));
    assert.deepEqual(seen, [{ name: NAME, before: undefined, baseline: { best: 3 } }]);
  });

  it('judges seven where one of eight is lost, which is unknown', () => {
    const { verdicts } = lookAt(fine, documentOf(8, (gpu) => (gpu === 3 ? { performanceState: 'GPU is lost' } : {})));
    assert.deepEqual(verdicts, [...times(3), unknownOf(ADDRESSES[3], `${nameOf(3)}: is lost, see GPUMissing`), ...times(4)]);
  });

  it('judges seven where one of eight is only named beside the data', () => {
    const document = { ...documentOf(7), attachedGpus: 8, isWhole: false };
    const complaints = [{ kind: 'gpu-lost' as const, address: ADDRESSES[7], text: 'x' }];
    const { verdicts } = judgeAll({ document, complaints }, { settings: settingsWith(), uptimeMs: 5_000, memo: undefined, baseline: {}, givenAway: () => new Set() }, fine);
    assert.deepEqual(verdicts, [...times(7), unknownOf(ADDRESSES[7], `GPU ${ADDRESSES[7]}: is lost, see GPUMissing`)]);
  });

  it('judges six where one of eight is lost and one requires a reset, both named beside the data', () => {
    const document = { ...documentOf(6), attachedGpus: 8, isWhole: false };
    const complaints = [{ kind: 'gpu-lost' as const, address: ADDRESSES[7], text: 'x' }, { kind: 'reset-required' as const, address: ADDRESSES[6], text: 'x' }];
    const { verdicts } = judgeAll({ document, complaints }, { settings: settingsWith(), uptimeMs: 5_000, memo: undefined, baseline: {}, givenAway: () => new Set() }, fine);
    assert.deepEqual(verdicts, [
      ...times(6), unknownOf(ADDRESSES[7], `GPU ${ADDRESSES[7]}: is lost, see GPUMissing`), unknownOf(ADDRESSES[6], `GPU ${ADDRESSES[6]}: requires a reset, see GPURecoveryRequired`),
    ]);
  });

  it('does not forget one that is no longer listed, until it was given away', () => {
    const [before, gone] = [lookAt(fine, documentOf(8)), unknownOf(ADDRESSES[7], `GPU ${ADDRESSES[7]}: nvidia-smi no longer lists it, see GPUMissing`)];
    const look = lookAt(fine, documentOf(7), { look: before });
    assert.deepEqual(look.verdicts, [...times(7), gone]);
    assert.deepEqual(lookAt(fine, documentOf(7), { look }).verdicts, [...times(7), gone]);
    assert.deepEqual(lookAt(fine, documentOf(7), { look, givenAway: () => new Set([ADDRESSES[7]]) }).verdicts, times(7));
    const blind = (): never => { throw new Error('/sys/bus/pci: permission denied'); };
    assert.deepEqual(lookAt(fine, documentOf(7), { look, givenAway: blind }).verdicts, [...times(7), gone]);
  });

  it('does not know of the others where an output is not whole', () => {
    const document = parseSmiXml(smiXml({ gpus: 2, withSupportedClocks: false }).slice(0, -300));
    assert.deepEqual(lookAt(fine, document).verdicts, [healthy, unknownOf('others', 'the output of nvidia-smi -q -x is not whole')]);
  });

  it('says once what all boards of a kind lack, as a reason of its own', () => {
    const lacking = (): GpuFinding => ({ verdicts: [notApplicable('NVIDIA H100 reports no x')] });
    assert.deepEqual(lookAt(lacking, documentOf(8)).verdicts, [{ reason: 'NotReportedByGPU', kind: 'not-applicable', message: 'NVIDIA H100 reports no x' }]);
  });

  it('keeps something of no more GPUs than any node has, and of those that are here first', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, number) => [`0000:${number.toString(16).padStart(2, '0')}:1f.0`, { count: 9 }]));
    const look = lookAt(counting([]), documentOf(8), { look: { verdicts: [], memo: { uptimeMs: 5_000, gpus: many }, baseline: many } });
    for (const kept of [(look.memo as { readonly gpus: object }).gpus, look.baseline as object]) {
      assert.lengthOf(Object.keys(kept), 64);
      assert.includeMembers(Object.keys(kept), [...ADDRESSES]);
    }
  });
});

describe('a check of each GPU, as it runs', () => {
  const check = (answers: Answers): ReturnType<typeof perGpu> => perGpu(sourcesOf(answers, inventoryOf(ADDRESSES.slice(0, 1))), 'test', 'GPUThrottled', fine);
  const XML = smiXml({ gpus: 1, withSupportedClocks: false });

  it('begins anew with garbage in what it kept', async () => {
    for (const garbage of [undefined, null, 7, 'x', [], {}, { uptimeMs: 'x', gpus: {} }, { uptimeMs: 1, gpus: [] }, { uptimeMs: 1, gpus: { [FIRST]: null } }]) {
      const { verdicts } = await lookWith(check({ query: { stdout: XML }, nvlink: '' }), '/', { look: { verdicts: [], memo: garbage, baseline: garbage } });
      assert.deepEqual(verdicts.filter(({ kind }) => kind === 'healthy'), [healthy], JSON.stringify(garbage));
    }
  });

  it('does not know where there is no data, and says who tells why', async () => {
    assert.deepEqual((await lookWith(check({ query: { code: 9 }, nvlink: '' }), '/')).verdicts, [unknown('nvidia-smi failed, see GPUDriverUnhealthy')]);
    assert.deepEqual((await lookWith(check({ query: { kind: 'timed-out', atDeadline: undefined }, nvlink: '' }), '/')).verdicts, [unknown('nvidia-smi does not answer, see GPUHung')]);
  });

  it('does not know where an output lists no GPU at all', async () => {
    assert.deepEqual((await lookWith(check({ query: { stdout: '<nvidia_smi_log><attached_gpus>0</attached_gpus></nvidia_smi_log>' }, nvlink: '' }), '/')).verdicts, [unknown('test looked at nothing')]);
  });

  it('does not know without the uptime of the host, by which growth is measured', async () => {
    using folder = temporaryFolder();
    const answers = { query: { stdout: XML }, nvlink: '' };
    assert.deepEqual((await lookWith(check(answers), folder.path)).verdicts.map(({ kind }) => kind), ['unknown']);
    mkdirSync(folder.file('proc'));
    writeFileSync(folder.file('proc/uptime'), '1234.56 99.00\n');
    assert.deepEqual((await lookWith(check(answers), folder.path)).memo, { uptimeMs: 1_234_560, gpus: { [FIRST]: null } });
  });
});
