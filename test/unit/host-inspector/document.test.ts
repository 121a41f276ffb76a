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

  it('has these rows in the order of the table', () => {
    const types = hostConditions.map(({ type }) => type);
    assert.deepEqual(page.split('\n').flatMap((line) => types.filter((type) => line.startsWith(`| ${type} | \``))), types);
  });

  it('names every event', () => {
    for (const { reason } of hostEvents) assert.include(page, `\`${reason}\``);
  });

  it('tells the times of the table', () => {
    const patience = hostConditions.map(({ type, reasons }) => [type, ...new Set(reasons.map(({ raiseAfterMs, clearAfterMs }) => `${raiseAfterMs} ${clearAfterMs}`))]);
    assert.deepEqual(patience, [
      ['DiskSpaceLow', '360000 300000', '0 300000'],
      ['FilesystemUnhealthy', '0 60000', '180000 60000', '120000 60000'],
      ['IOPressureHigh', '600000 300000', '120000 300000'],
      ['MemoryPressureHigh', '90000 90000'],
      ['CPUPressureHigh', '300000 300000'],
      ['KernelLimitNear', '90000 300000'],
      ['ProcessesStuck', '300000 60000', '1800000 60000'],
      ['NetworkInterfaceDegraded', '600000 60000', '0 60000', '480000 60000'],
      ['HardwareFault', '0 60000', '0 900000'],
      ['ClockUnsynchronized', '1200000 60000'],
      ['NodeServiceDown', '300000 60000'],
      ['CertificateExpiring', '0 0'],
      ['UnexpectedListeningPort', '120000 300000'],
      ['NodeMonitorDown', '20000 20000'],
    ]);
    assert.include(page, 'Disks: after six minutes, since kubelet removes unused images by itself every five; gone after five.');
    assert.include(page, 'File systems: that one is read-only or met an error at once, that one hangs after three minutes, since the failover of a server takes one to two; gone after one.');
    assert.include(page, 'A disk that fills up: at once, for the pace has lasted an hour by then; gone after five minutes.');
    assert.include(page, 'A degraded array: after two minutes, gone after one.');
    assert.include(page, 'Errors of disks: after two minutes, in which a controller is reset and goes on; gone after five.');
    assert.include(page, 'Memory: after 90 seconds, gone after 90. Waiting for disks: after ten minutes, gone after five. Waiting for CPUs, and heat: after five minutes, gone after five.');
    assert.include(page, 'Limits of the kernel: after 90 seconds, gone after five minutes;');
    assert.include(page, 'Links and bonds: after ten minutes, since a switch that is updated takes that long and would otherwise make a whole rack ill at once; gone after one. A link that comes and goes: at once,');
    assert.include(page, 'Packets with errors and refused connections: after eight minutes,');
    assert.include(page, 'Zombies: after half an hour, gone after one minute');
    assert.include(page, 'and is told five minutes after that');
    assert.include(page, 'correctable ones are gone when for an hour there were fewer, and 15 minutes more. Clock: after 20 minutes, looked at every five; gone after one.');
    assert.include(page, 'Services of the node: after five minutes, gone after one.');
    assert.include(page, 'Certificates: at once, gone at once;');
    assert.include(page, 'Listening ports: after two minutes, gone after five;');
  });
});

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}
