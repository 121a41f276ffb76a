import { assert } from 'chai';
import { type Verdict, healthy } from '../../../plugins/core/verdict.ts';
import { judgeRecovery } from '../../../plugins/gpu-monitor/checks/recovery.ts';
import type { SmiChange, SmiSample } from '../../support/smi-xml.ts';
import { FIRST, NAME, notReported, verdictsOf } from './scene.ts';

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
