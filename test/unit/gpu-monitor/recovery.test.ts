import { assert } from 'chai';
import { type Verdict, healthy, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { judgeRecovery, recovery } from '../../../plugins/gpu-monitor/checks/recovery.ts';
import type { SmiEnd } from '../../../plugins/gpu-monitor/smi/complaints.ts';
import { type SmiChange, type SmiSample, smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, FIRST, NAME, lookWith, nameOf, notReported, sourcesOf, verdictsOf } from './scene.ts';

function changed(change: SmiChange, driver: SmiSample['driver'] = '580'): readonly Verdict[] {
  return verdictsOf(judgeRecovery, { driver, change: () => change });
}

const found = (reason: string, part: string, says: string): Verdict => ({ kind: 'problem', reason, subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}` });
const unclear = (part: string, says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}`, cause: undefined });
const NOTHING_TOLD = notReported('this driver or board tells no recovery action');

describe('recovery that the driver asks for', () => {
  const actions: readonly (readonly [string, string])[] = [
    ['Reset', 'GPUResetRequired'], ['GPU Reset Required', 'GPUResetRequired'], ['Reboot', 'NodeRebootRequired'], ['Node Reboot Required', 'NodeRebootRequired'], ['System Reboot', 'NodeRebootRequired'],
    ['Drain P2P', 'DrainP2PRequired'], ['Drain and Reset', 'DrainAndResetRequired'], ['Bus Reset', 'BusResetRequired'], ['Recover IMEX Domain', 'IMEXDomainRecoveryRequired'],
  ];
  for (const [action, reason] of actions) {
    it(`${action} is ${reason}`, () => assert.deepEqual(changed({ recoveryAction: action }), [found(reason, 'action', `the driver asks for it (gpu_recovery_action is ${action})`)]));
  }

  it('is none where it says None', () => {
    for (const driver of ['570', '580', '610'] as const) assert.deepEqual(changed({}, driver), [healthy], driver);
  });

  it('is told by older drivers as reset_required and drain_and_reset_recommended', () => {
    assert.deepEqual(changed({}, '535'), [healthy, healthy]);
    assert.deepEqual(changed({ resetRequired: 'Yes' }, '535'), [found('GPUResetRequired', 'reset_required', 'the driver asks for a reset (reset_required is Yes)'), healthy]);
    assert.deepEqual(changed({ drainAndResetRecommended: 'Yes' }, '550'), [healthy, found('DrainAndResetRequired', 'drain_and_reset_recommended', 'the driver asks to drain and reset it (drain_and_reset_recommended is Yes)')]);
  });

  it('is a reset where any field says so', () => {
    for (const field of ['performanceState', 'temperature', 'utilizationGpu']) {
      assert.deepEqual(changed({ [field]: '[GPU requires reset]' }), [found('GPUResetRequired', 'fields', 'requires a reset before it can be read (GPU requires reset)')]);
    }
  });

  it('is a reset of the GPU that nvidia-smi names beside the data of the others, which are judged', async () => {
    const xml = smiXml({ gpus: 2, withSupportedClocks: false });
    const oneLeft = xml.replace(/\t<gpu id="00000000:2A:00\.0">[^]*?\t<\/gpu>\n/, '');
    const HANDLE = 'Unable to determine the device handle for GPU 0000:2A:00.0: GPU requires reset\n';
    const mustReset = (name: string): Verdict => problem('GPUResetRequired', `${ADDRESSES[1]} · fields`, `${name}: requires a reset before it can be read (GPU requires reset)`);
    const some = problem('GPUResetRequired', 'a GPU', 'a GPU: exit code 16 (a GPU requires a reset)');
    const FAILED = 'nvidia-smi failed, see GPUDriverUnhealthy';
    const rows: readonly (readonly [Partial<SmiEnd>, readonly Verdict[]])[] = [
      [{ code: 255, stdout: oneLeft, stderr: HANDLE }, [healthy, mustReset(`GPU ${ADDRESSES[1]}`)]],
      [{ code: 255, stdout: xml, stderr: HANDLE }, [healthy, healthy, mustReset(nameOf(1))]],
      [{ code: 16, stdout: xml }, [healthy, healthy, some]],
      [{ code: 16, stdout: smiXml({ gpus: 2, withSupportedClocks: false, change: (gpu) => (gpu === 1 ? { temperature: 'GPU requires reset' } : {}) }) }, [healthy, mustReset(nameOf(1))]],
      [{ code: 255, stderr: HANDLE }, [mustReset(`GPU ${ADDRESSES[1]}`), unknownOf('others', FAILED)]],
      [{ code: 16 }, [some, unknownOf('others', FAILED)]],
      [{ code: 255 }, [unknown(FAILED)]],
    ];
    for (const [query, want] of rows) assert.deepEqual((await lookWith(recovery(sourcesOf({ query, nvlink: '' })), '/')).verdicts, want, JSON.stringify(query).slice(0, 60));
  });

  it('of a GPU without data leaves those unknown that were seen before', async () => {
    const memo = { uptimeMs: 1, gpus: { [FIRST]: null, [ADDRESSES[1]]: null } };
    const { verdicts } = await lookWith(recovery(sourcesOf({ query: { code: 255, stderr: `GPU ${ADDRESSES[1]}: GPU requires reset\n` }, nvlink: '' })), '/', { look: { verdicts: [], memo } });
    assert.deepEqual(verdicts.map((verdict) => 'subject' in verdict && verdict.subject), [`${ADDRESSES[1]} · fields`, FIRST, 'others']);
  });

  it('is not known where it cannot be read, or nobody knows the word, as the part that its finding would have', () => {
    assert.deepEqual(changed({ recoveryAction: 'Unknown Error' }), [unclear('action', 'gpu_recovery_action reads "Unknown Error"')]);
    assert.deepEqual(changed({ recoveryAction: 'Pray' }), [unclear('action', 'gpu_recovery_action reads "Pray"')]);
    assert.deepEqual(changed({ recoveryAction: '__proto__' }), [unclear('action', 'gpu_recovery_action reads "__proto__"')]);
    assert.deepEqual(changed({ resetRequired: 'ERR!' }, '535'), [unclear('reset_required', 'reset_required reads "ERR!"'), healthy]);
    assert.deepEqual(changed({ resetRequired: 'N/A' }, '535'), [unclear('reset_required', 'reset_required reads "N/A"'), healthy]);
  });

  it('is not judged where the driver is too old, or calls it deprecated, or the board has none', () => {
    assert.deepEqual(changed({}, '525'), [NOTHING_TOLD]);
    assert.deepEqual(changed({ recoveryAction: 'N/A' }, '570'), [NOTHING_TOLD]);
    assert.deepEqual(verdictsOf(judgeRecovery, { family: 'vgpu' }), [NOTHING_TOLD]);
  });
});
