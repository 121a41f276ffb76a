import { assert } from 'chai';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeNpdExt } from '../../../plugins/gpu-monitor/checks/npd-ext.ts';
import { rollUpSpecs } from '../../../plugins/gpu-monitor/roll-ups.ts';
import type { SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { type SmiChange, smiXml } from '../../support/smi-xml.ts';
import { FIRST, NAME, nameOf, settingsWith } from './scene.ts';

const RUN = { exitCode: 0, tookMs: 700 };
const answered = (change: (gpu: number) => SmiChange, gpus = 1): SmiLook => ({ kind: 'answered', document: parseSmiXml(smiXml({ gpus, change })), complaints: [], run: RUN });
const judged = (change: SmiChange, settings = {}): readonly Verdict[] => judgeNpdExt(answered(() => change), settingsWith(settings));
const found = (reason: string, says: string): Verdict => ({ kind: 'problem', reason, subject: FIRST, message: `${NAME}: ${says}` });
const UNREADABLE: Verdict = { kind: 'unknown', subject: FIRST, message: `${NAME}: temperature or memory cannot be read`, cause: undefined };
const FULL = { memoryTotal: '1000 MiB', memoryUsed: '951 MiB' };

describe('GPUHealthy as npd-ext has it', () => {
  const rows: readonly (readonly [string, SmiChange, Verdict])[] = [
    ['cool and empty', {}, healthy],
    ['at both limits', { temperature: '85 C', memoryTotal: '1000 MiB', memoryUsed: '950 MiB' }, healthy],
    ['hot', { temperature: '86 C' }, found('GPUOverheating', 'hotter than 85 C')],
    ['full', FULL, found('GPUMemoryHigh', 'more than 95% of its memory in use')],
    ['both', { ...FULL, temperature: '86 C' }, found('GPUMultipleIssues', 'hotter than 85 C, and more than 95% of its memory in use')],
    ['hot, with memory that cannot be read', { temperature: '86 C', memoryUsed: 'N/A' }, found('GPUOverheating', 'hotter than 85 C')],
    ['full, with a temperature that cannot be read', { ...FULL, temperature: '[GPU requires reset]' }, found('GPUMemoryHigh', 'more than 95% of its memory in use')],
    ['of unreadable temperature', { temperature: '[GPU requires reset]' }, UNREADABLE],
    ['of unreadable memory', { memoryUsed: 'Unknown Error' }, UNREADABLE],
    ['of no memory', { memoryTotal: '0 MiB', memoryUsed: '0 MiB' }, UNREADABLE],
  ];
  for (const [what, change, verdict] of rows) it(`${what}: ${verdict.kind === 'problem' ? verdict.reason : verdict.kind}`, () => assert.deepEqual(judged(change), [verdict]));

  it('goes by the thresholds that are set', () => {
    assert.deepEqual(judged({ temperature: '71 C' }, { temperature_threshold: 70 }), [found('GPUOverheating', 'hotter than 70 C')]);
    assert.deepEqual(judged({ memoryTotal: '1000 MiB', memoryUsed: '501 MiB' }, { memory_threshold: 50 }), [found('GPUMemoryHigh', 'more than 50% of its memory in use')]);
  });

  it('judges every GPU, not only the first', () => {
    const looks = judgeNpdExt(answered((gpu) => (gpu === 3 ? { temperature: '90 C' } : {}), 4), settingsWith());
    assert.deepEqual(looks, [healthy, healthy, healthy, { kind: 'problem', reason: 'GPUOverheating', subject: '0000:5d:00.0', message: `${nameOf(3)}: hotter than 85 C` }]);
  });

  it('is not known of those that an output lacks', () => {
    const document = parseSmiXml(smiXml({ gpus: 2 }).slice(0, -200));
    assert.deepEqual(judgeNpdExt({ kind: 'answered', document, complaints: [], run: RUN }, settingsWith()), [
      healthy, { kind: 'unknown', subject: 'others', message: 'the output of nvidia-smi is not whole', cause: undefined },
    ]);
  });

  it('without data is Unknown for the reasons that npd-ext gives', () => {
    const unknown = (message: string, reason?: string): readonly Verdict[] => [{ kind: 'unknown', message, cause: undefined, ...(reason === undefined ? {} : { reason }) }];
    const looks: readonly (readonly [SmiLook, readonly Verdict[]])[] = [
      [{ kind: 'missing', message: 'no nvidia-smi below / in /usr/bin' }, unknown('no nvidia-smi below / in /usr/bin', 'GPUNotAvailable')],
      [{ kind: 'failed', complaints: [{ kind: 'other', address: undefined, text: 'exit code 255' }], run: RUN }, unknown('exit code 255')],
      [{ kind: 'answered', document: parseSmiXml('<nvidia_smi_log></nvidia_smi_log>'), complaints: [], run: RUN }, unknown('nvidia-smi lists no GPU', 'GPUNotAvailable')],
      [{ kind: 'hung', message: 'x' }, unknown('nvidia-smi does not answer, see GPUHung')],
      [{ kind: 'untold', message: 'nvidia-smi got no CPU time' }, unknown('nvidia-smi got no CPU time')],
      [{ kind: 'no-gpu', message: 'no NVIDIA GPU on the PCI bus' }, [{ kind: 'not-applicable', message: 'no NVIDIA GPU on the PCI bus' }]],
    ];
    for (const [look, verdicts] of looks) assert.deepEqual(judgeNpdExt(look, settingsWith()), verdicts);
    assert.deepEqual(rollUpSpecs['gpu-healthy'].moreUnknownReasons, ['GPUNotAvailable']);
  });
});
