import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostConditions, hostEvents } from '../../../plugins/host-inspector/conditions.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/host-inspector.md'), 'utf8');

describe('docs/host-inspector.md', () => {
  for (const { type, reasons, healthy, unknownReason, notApplicableReason } of hostConditions) {
    it(`has a row for ${type} with all its reasons`, () => {
      const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| ${type} |`));
      const [, , problems = '', healthies = '', unknowns = ''] = row.split(' | ').map((cell, index) => (index === 0 ? '' : cell)).toSpliced(0, 0, '');
      assert.deepEqual(namesIn(problems), reasons.map(({ reason }) => reason));
      assert.deepEqual(namesIn(healthies), [healthy.reason, notApplicableReason]);
      assert.deepEqual(namesIn(unknowns), [unknownReason]);
    });
  }

  it('names every event', () => {
    for (const { reason } of hostEvents) assert.include(page, `\`${reason}\``);
  });

  it('tells the times of the table', () => {
    const patience = hostConditions.map(({ type, reasons }) => [type, ...new Set(reasons.map(({ raiseAfterMs, clearAfterMs }) => `${raiseAfterMs} ${clearAfterMs}`))]);
    assert.deepEqual(patience, [['DiskSpaceLow', '360000 300000'], ['FilesystemUnhealthy', '0 60000', '180000 60000'], ['IOPressureHigh', '600000 300000'], ['MemoryPressureHigh', '90000 90000'], ['CPUPressureHigh', '300000 300000'], ['KernelLimitNear', '90000 300000']]);
    assert.include(page, 'Disks: after six minutes, since kubelet removes unused images by itself every five; gone after five.');
    assert.include(page, 'File systems: that one is read-only or met an error at once, that one hangs after three minutes, since the failover of a server takes one to two; gone after one.');
    assert.include(page, 'Memory: after 90 seconds, gone after 90. Waiting for disks: after ten minutes, gone after five. Waiting for CPUs, and heat: after five minutes, gone after five.');
    assert.include(page, 'Limits of the kernel: after 90 seconds, gone after five minutes;');
  });
});

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}
