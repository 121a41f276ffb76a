import { assert } from 'chai';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable } from '../../../plugins/core/verdict.ts';
import { judge as judgeBtrfs } from '../../../plugins/host-inspector/checks/btrfs-errors.ts';
import { diskErrors, judgeNvme, judgeScsi } from '../../../plugins/host-inspector/checks/disk-errors.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { readScsiDisks } from '../../../plugins/linux/sys/disks.ts';
import { hostTree } from '../../support/host-tree.ts';

const MOST = 10;

/** What is told at each of these looks, a minute apart. */
function kinds(counts: readonly number[], state = 'running'): readonly string[] {
  let memo: unknown;
  return counts.map((ioErrorCount, minute) => {
    const look = judgeScsi([{ name: 'sda', state, ioErrorCount }], memo, 1_000 + minute * 60, MOST);
    memo = JSON.parse(JSON.stringify(look.memo));
    return look.verdicts.map(({ kind }) => kind).join();
  });
}

const calm = (count: number, minutes: number): readonly number[] => Array.from({ length: minutes }, () => count);

describe('a SCSI disk', () => {
  it('with many errors from before is healthy', () => {
    assert.deepEqual([...new Set(kinds(calm(5_000, 30)))], ['healthy']);
  });

  it('that refuses a question of smartctl every half hour is healthy', () => {
    assert.deepEqual([...new Set(kinds([...calm(3, 30), ...calm(5, 30), ...calm(7, 30)]))], ['healthy']);
  });

  it('that fails command after command is a problem at once, and until ten minutes have passed without', () => {
    const told = kinds([...calm(3, 3), 9, 14, ...calm(20, 40)]);
    assert.deepEqual(told.slice(0, 6), ['healthy', 'healthy', 'healthy', 'healthy', 'problem', 'problem']);
    assert.isTrue(told.slice(5, 20).every((kind) => kind === 'problem'));
    assert.isTrue(told.slice(21).every((kind) => kind === 'healthy'));
  });

  it('that counted many errors while nobody looked is healthy: they came within ten minutes, or within a day', () => {
    const disk = (ioErrorCount: number) => [{ name: 'sda', state: 'running', ioErrorCount }];
    const before = judgeScsi(disk(3), undefined, 1_000, MOST).memo;
    const after = judgeScsi(disk(90), before, 1_000 + 86_400, MOST);
    assert.deepEqual(after.verdicts, [healthy]);
    assert.deepEqual(judgeScsi(disk(90), after.memo, 1_060 + 86_400, MOST).verdicts, [healthy]);
  });

  it('whose smartctl_exporter asks each minute what not every disk has is healthy with the default', () => {
    const { diskErrorsMax } = defaultsOf(hostSettings);
    let memo: unknown;
    for (let minute = 0; minute < 120; minute += 1) {
      const look = judgeScsi([{ name: 'sda', state: 'running', ioErrorCount: minute * 4 }], memo, 1_000 + minute * 60, diskErrorsMax);
      assert.deepEqual(look.verdicts, [healthy]);
      ({ memo } = look);
    }
  });

  it('whose counter begins again was attached anew', () => {
    assert.deepEqual([...new Set(kinds([...calm(500, 3), ...calm(0, 3)]))], ['healthy']);
  });

  it('is a problem if the kernel has given it up, and not while it is blocked for a moment', () => {
    assert.deepEqual([kinds([0], 'offline'), kinds([0], 'transport-offline'), kinds([0], 'blocked'), kinds([0], 'quiesce')], [['problem'], ['problem'], ['healthy'], ['healthy']]);
  });
});

describe('an NVMe disk', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['live', 'pcie', 'healthy'], ['dead', 'pcie', 'problem'], ['resetting', 'pcie', 'problem'], ['deleting (no IO)', 'pcie', 'healthy'], ['connecting', 'tcp', 'healthy'],
  ];
  for (const [state, transport, kind] of rows) {
    it(`that is ${state} over ${transport} is ${kind}`, () => {
      assert.deepEqual(judgeNvme([{ name: 'nvme0', state, transport }]).verdicts.map((verdict) => verdict.kind), [kind]);
    });
  }
});

describe('btrfs', () => {
  const UUID = '6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11';
  const look = (errorCount: number | undefined, memo: unknown) =>
    judgeBtrfs([{ uuid: UUID, deviceNames: ['sda4'], devices: [{ id: '1', isMissing: false, errorCount }] }], memo);

  it('with errors of before the boot is healthy, and with one more is not', () => {
    const first = look(4, undefined);
    assert.deepEqual([first.verdicts, first.memo], [[healthy], { [`${UUID} 1`]: 4 }]);
    const later = look(5, first.memo);
    assert.deepEqual(later.verdicts.map((verdict) => 'message' in verdict && verdict.message), [`btrfs ${UUID} (on sda4): errors of device 1 since the boot (/sys/fs/btrfs/${UUID}/devinfo)`]);
    assert.deepEqual(look(5, later.memo).verdicts.map(({ kind }) => kind), ['problem']);
  });

  it('whose counters were reset is healthy again', () => {
    const reset = look(0, { [`${UUID} 1`]: 4 });
    assert.deepEqual([reset.verdicts, reset.memo], [[healthy], { [`${UUID} 1`]: 0 }]);
  });

  it('of a kernel that does not count is not judged, and says so', () => {
    assert.deepEqual(look(undefined, 'rubbish').verdicts, [notApplicable(`errors of btrfs ${UUID} (not counted by this kernel, as by those before 5.13)`)]);
  });

  it('with more devices than are kept names that some were left out', () => {
    const devices = Array.from({ length: 300 }, (_, id) => ({ id: String(id), isMissing: false, errorCount: 0 }));
    const { verdicts } = judgeBtrfs([{ uuid: UUID, deviceNames: [], devices }], undefined);
    assert.deepEqual(verdicts.map((verdict) => 'message' in verdict && verdict.message), ['devices of btrfs beyond 256: not looked at']);
  });
});

describe('the disks that are judged', () => {
  it('are no volumes that come over iSCSI, as those of Pods do', () => {
    using host = hostTree();
    const device = 'sys/devices/platform/host2/session1/target2:0:0/2:0:0:1/block/sdb';
    host.write(`${device}/removable`, '0\n');
    host.write(`${device}/size`, '9\n');
    host.write(`${device}/device/state`, 'transport-offline\n');
    symlinkSync('../devices/platform/host2/session1/target2:0:0/2:0:0:1/block/sdb', join(host.root, 'sys/block/sdb'));
    assert.deepEqual(readScsiDisks(host.root).map(({ name }) => name), ['sda']);
  });

  it('are neither card readers, nor without a medium, nor one of the paths of a multipath device', () => {
    using host = hostTree();
    for (const [name, removable, size] of [['sdb', 1, 9], ['sdc', 0, 0], ['sdd', 0, 9], ['sde', 0, 9]] as const) {
      host.write(`sys/block/${name}/removable`, `${removable}\n`);
      host.write(`sys/block/${name}/size`, `${size}\n`);
      host.write(`sys/block/${name}/device/state`, 'offline\n');
      host.write(`sys/block/${name}/device/ioerr_cnt`, '0xff\n');
    }
    host.write('sys/block/sdd/holders/dm-0/size', '9\n');
    host.write('sys/block/dm-0/dm/uuid', 'mpath-3600a0b80000f6f\n');
    assert.deepEqual(readScsiDisks(host.root), [
      { name: 'sda', state: 'running', ioErrorCount: 2 },
      { name: 'sde', state: 'offline', ioErrorCount: 255 },
    ]);
  });

  it('may be none, and then the node says so', async () => {
    using host = hostTree();
    host.remove('sys/block/sda');
    const { verdicts } = await runCheck(diskErrors, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
    assert.deepEqual(verdicts, [notApplicable('errors of disks (no SCSI or NVMe disk)')]);
  });

  it('cannot be told of where it cannot be read whether one is fixed', async () => {
    using host = hostTree();
    host.remove('sys/block/sda/removable');
    host.write('sys/block/sda/removable/a', 'a folder in its place\n');
    const { verdicts } = await runCheck(diskErrors, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
    assert.deepEqual(verdicts.map(({ kind }) => kind), ['unknown']);
  });

  it('cannot be told of where a file is cut', async () => {
    using host = hostTree();
    host.write('sys/block/sda/device/ioerr_cnt', '0x2');
    const { verdicts } = await runCheck(diskErrors, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
    assert.deepEqual(verdicts.map(({ kind }) => kind), ['unknown']);
  });
});
