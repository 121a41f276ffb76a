import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import * as fc from 'fast-check';
import type { ConditionSpec } from '../../../plugins/core/conditions.ts';
import type { Condition } from '../../../plugins/core/status.ts';
import { gpuConditions } from '../../../plugins/gpu-monitor/conditions.ts';
import { rollUpNames } from '../../../plugins/gpu-monitor/roll-ups.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { bridgeFileText, bridgeLines } from '../../../plugins/npd/bridge-status.ts';
import { anyText } from '../../support/arbitraries.ts';
import { answerIn } from '../../support/condition-script.ts';

const WALL_MS = 1_767_225_600_999;

const condition: Condition = { type: 'DiskSpaceLow', status: 'True', reason: 'InodesLow', transitionMs: 7, message: '/var: less than 5% of inodes free\n(xfs)' };

function wordsOf(spec: ConditionSpec): readonly string[] {
  const { type, reasons, healthy, unknownReason, moreUnknownReasons = [], notApplicableReason, moreNotApplicableReasons = [] } = spec;
  return [type, ...reasons.map(({ reason }) => reason), healthy.reason, unknownReason, ...moreUnknownReasons, notApplicableReason, ...moreNotApplicableReasons];
}

describe('a status file', () => {
  it('has a line per condition between its time and its length, fit for an event of NPD, too', () => {
    assert.equal(bridgeFileText(bridgeLines([condition, { ...condition, type: 'IOPressureHigh', status: 'Unknown', reason: 'IOPressureUnknown', message: '' }]), WALL_MS), [
      'npd-plugins-status 1 1767225600 2',
      'DiskSpaceLow True InodesLow: /var: less than 5 percent of inodes free?(xfs)',
      'IOPressureHigh Unknown IOPressureUnknown: no message',
      'end 171',
      '',
    ].join('\n'));
  });

  it('of a monitor that says nothing is whole, too', () => {
    assert.equal(bridgeFileText([], WALL_MS), 'npd-plugins-status 1 1767225600 0\nend 41\n');
  });

  it('states its own length, also where the number gets one digit more by itself', () => {
    for (let length = 1; length < 12_000; length += 1) {
      const text = bridgeFileText([`A True R: ${'x'.repeat(length)}`], WALL_MS);
      assert.equal(Number(/end (\d+)\n$/.exec(text)?.[1]), text.length);
    }
  });

  it('keeps reason and message together within what NPD takes, and cuts no character', () => {
    fc.assert(fc.property(anyText, (message) => {
      const [line = ''] = bridgeLines([{ ...condition, message }]);
      const text = line.slice('DiskSpaceLow True '.length);
      assert.isAtMost(Buffer.byteLength(text), 1_024);
      assert.isTrue(text.isWellFormed());
      assert.match(text, /^InodesLow: [^\p{Cc}%]+$/u);
    }));
  });

  it('can hold every type and reason of our tables', () => {
    const words = [...hostConditions, ...gpuConditions(rollUpNames)].flatMap(wordsOf);
    assert.deepEqual(words.filter((word) => !/^[A-Za-z0-9]+$/.test(word)), []);
    for (const type of words) {
      const bytes = Buffer.from(bridgeFileText(bridgeLines([{ ...condition, type, reason: type }]), WALL_MS));
      assert.equal(answerIn(bytes, type)?.code, 1, type);
    }
  });

  it('looks as its document shows it', () => {
    const [, shown = ''] = /```\n(npd-plugins-status [^]*?)```/.exec(readFileSync(join(import.meta.dirname, '../../../docs/stock-npd.md'), 'utf8')) ?? [];
    assert.deepEqual(answerIn(Buffer.from(shown), 'DiskSpaceLow'), { code: 1, stdout: 'InodesLow: /var: less than 5 percent of inodes free (xfs)\n' });
  });
});
