import { assert } from 'chai';
import { type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { judgeHung } from '../../../plugins/gpu-monitor/checks/hung.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { gpuMonitor } from '../../../plugins/gpu-monitor/gpu-monitor.ts';
import type { SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { smiXml } from '../../support/smi-xml.ts';
import { type Answers, settingsWith, sourcesOf } from './scene.ts';

const RUN = { exitCode: 0, tookMs: 700 };
const KILLED = 'nvidia-smi did not end within 20 s (nvidiaSmiTimeout) and was killed';
const STUCK = 'nvidia-smi did not end within 20 s (nvidiaSmiTimeout) and cannot be killed: it waits in the kernel, and no other is started';

describe('nvidia-smi', () => {
  const rows: readonly (readonly [string, SmiLook, readonly Verdict[]])[] = [
    ['that answers is not hung', { kind: 'answered', document: parseSmiXml(smiXml({ gpus: 1 })), complaints: [], run: RUN }, [healthy]],
    ['that fails is not hung', { kind: 'failed', complaints: [], run: { ...RUN, exitCode: 255 } }, [healthy]],
    ['that does not end is hung, once it is seen twice', { kind: 'hung', message: 'x' }, [problem('NvidiaSmiTimeout', 'nvidia-smi', KILLED), unknownOf('nvidia-smi, first', KILLED)]],
    ['that cannot be killed is worse', { kind: 'uninterruptible', pid: 4_711, message: 'x' }, [problem('NvidiaSmiUninterruptible', 'nvidia-smi', STUCK), unknownOf('nvidia-smi, first', STUCK)]],
    ['that got no CPU time tells nothing', { kind: 'untold', message: 'nvidia-smi got no CPU time' }, [unknown('nvidia-smi got no CPU time')]],
    ['that is nowhere tells nothing', { kind: 'missing', message: 'x' }, [unknown('nvidia-smi was not found, see GPUDriverUnhealthy')]],
    ['is not asked without a GPU', { kind: 'no-gpu', message: 'no NVIDIA GPU on the PCI bus' }, [notApplicable('no NVIDIA GPU on the PCI bus')]],
  ];
  for (const [what, look, verdicts] of rows) it(what, () => assert.deepEqual(judgeHung(look, settingsWith()), verdicts));

  it('has the deadline that is set', () => {
    const [found] = judgeHung({ kind: 'hung', message: 'x' }, settingsWith({ nvidiaSmiTimeout: 2_500 }));
    assert.deepEqual(found, problem('NvidiaSmiTimeout', 'nvidia-smi', 'nvidia-smi did not end within 2.5 s (nvidiaSmiTimeout) and was killed'));
  });

  it('is told to be hung at the second look in a row, and over with the first that ends', async () => {
    const answers: Answers = { query: { stdout: smiXml({ gpus: 8 }) }, nvlink: '' };
    const clock = fakeClock();
    const monitor = createMonitor({ definition: gpuMonitor({ sources: sourcesOf(answers), rollUps: [] }), version: 'test', root: '/', configured: settingsWith(), clock, random: () => 0, log: silentLogger, bootId: undefined });
    const states: string[] = [];
    const passes = async (): Promise<void> => {
      await clock.advance(30_000);
      const [hung] = monitor.conditions();
      states.push(`${hung?.status} ${hung?.reason}`);
    };
    void monitor.start();
    await passes();
    answers.query = { kind: 'timed-out', atDeadline: undefined };
    await passes();
    await passes();
    answers.query = { stdout: smiXml({ gpus: 8 }) };
    await passes();
    monitor.close();
    assert.deepEqual(states, ['False NvidiaSmiIsResponsive', 'False NvidiaSmiIsResponsive', 'True NvidiaSmiTimeout', 'False NvidiaSmiIsResponsive']);
  });
});
