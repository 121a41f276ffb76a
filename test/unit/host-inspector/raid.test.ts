import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { judgeArrays, raid } from '../../../plugins/host-inspector/checks/raid.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type ChildResult, type RunChild, runChild } from '../../../plugins/linux/child.ts';
import type { MdArray } from '../../../plugins/linux/proc/mdstat.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const NONE: ReadonlySet<string> = new Set();
const WHOLE: MdArray = { name: 'md0', isActive: true, isBroken: false, level: 'raid1', isContainer: false, blocks: 9, disks: { wanted: 2, working: 2 }, failed: [], spare: [], action: undefined };

describe('an array of md', () => {
  const rows: readonly { readonly what: string; readonly array: Partial<MdArray>; readonly started?: string; readonly says?: string }[] = [
    { what: 'with all its disks is healthy', array: {} },
    { what: 'that is checked, as every month, is healthy', array: { action: 'check' } },
    { what: 'that is synchronised after a hard reset is healthy', array: { action: 'resync' } },
    { what: 'without redundancy has none to lose', array: { level: 'raid0', disks: undefined } },
    { what: 'without one of its disks is degraded', array: { disks: { wanted: 2, working: 1 } }, says: 'md0 (raid1): only 1 of 2 disks work (/proc/mdstat)' },
    { what: 'is still degraded while a spare is filled', array: { disks: { wanted: 2, working: 1 }, action: 'recovery' }, says: 'md0 (raid1): only 1 of 2 disks work (/proc/mdstat)' },
    { what: 'with a failed disk whose place a spare has taken is whole', array: { failed: ['sdb1'] } },
    { what: "that was never started here may be somebody else's disk", array: { isActive: false, level: undefined } },
    { what: 'that ran and does not any more is lost', array: { isActive: false, level: undefined }, started: 'md0', says: 'md0: does not run any more (/proc/mdstat)' },
    { what: 'with too few disks to work is broken', array: { isActive: false, isBroken: true, level: 'raid0', disks: undefined }, says: 'md0 (raid0): broken, too many of its disks have failed (/proc/mdstat)' },
    { what: 'that only holds the metadata of others never runs', array: { isActive: false, level: undefined, isContainer: true }, started: 'md0' },
  ];
  for (const { what, array, started, says } of rows) {
    it(what, () => {
      const { verdicts } = judgeArrays([{ ...WHOLE, ...array }], new Set(started === undefined ? [] : [started]), NONE);
      assert.deepEqual(verdicts, [says === undefined ? healthy : problem('RaidDegraded', 'md0', says)]);
    });
  }

  it('tells of a failed disk once in a boot, and not beside the condition', () => {
    const failed: MdArray = { ...WHOLE, failed: ['sdb1'] };
    const first = judgeArrays([failed], NONE, NONE);
    assert.deepEqual(first.events?.map(({ reason, message }) => [reason, message]), [
      ['RaidDiskFailed', 'sdb1 of md0 has failed and is to be replaced; the array has all disks that it needs (/proc/mdstat)'],
    ]);
    assert.deepEqual(first.memo, { failed: ['md0 sdb1'] });
    assert.deepEqual(judgeArrays([failed], NONE, new Set(['md0 sdb1'])).events, []);
    assert.deepEqual(judgeArrays([{ ...failed, disks: { wanted: 2, working: 1 } }], NONE, NONE).events, []);
  });
});

describe('arrays, pools and devices of a node', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  const look = async (run: RunChild = runChild) => await runCheck(raid({ run }), { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });

  it('that has none of them are healthy', async () => {
    host.remove('proc/mdstat');
    assert.deepEqual((await look()).verdicts, [healthy]);
  });

  it('are told each by itself', async () => {
    host.write('proc/spl/kstat/zfs/tank/state', 'DEGRADED\n');
    host.write('proc/spl/kstat/zfs/rpool/state', 'ONLINE\n');
    host.write('proc/spl/kstat/zfs/arcstats', 'x\n');
    host.write('sys/fs/btrfs/features/raid56', '0\n');
    host.write('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devices/sda4/size', '1\n');
    host.write('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devinfo/2/missing', '1\n');
    assert.deepEqual((await look()).verdicts, [
      healthy,
      healthy,
      problem('RaidDegraded', 'ZFS pool tank', 'ZFS pool tank: DEGRADED (/proc/spl/kstat/zfs/tank/state)'),
      problem('RaidDegraded', 'btrfs 6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11', 'btrfs 6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11 (on sda4): device 2 is missing (/sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devinfo)'),
    ]);
  });

  it('of which an array is broken are told so', async () => {
    host.write('proc/mdstat', 'Personalities : [raid1] \nmd0 : broken (read-only) raid1 sdb1[1](F) sda1[0]\n      248896 blocks [2/1] [U_]\n      \nunused devices: <none>\n');
    assert.deepEqual((await look()).verdicts, [problem('RaidDegraded', 'md0', 'md0 (raid1): broken, too many of its disks have failed (/proc/mdstat)'), healthy]);
  });

  it('of which md does not answer leave the others judged, and it is not asked again meanwhile', async () => {
    host.write('proc/mdstat', 'Personalities : \nunused devices: <none>\n');
    host.write('proc/spl/kstat/zfs/tank/state', 'DEGRADED\n');
    let asked = 0;
    const ended = new Promise<void>(() => {});
    const check = raid({ run: async () => ((asked += 1), { kind: 'abandoned', ended } as ChildResult) });
    const scene = { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
    const kinds = [await runCheck(check, scene), await runCheck(check, scene)].map(({ verdicts }) => verdicts.map(({ kind }) => kind));
    assert.deepEqual([kinds, asked], [[['unknown', 'problem', 'healthy'], ['unknown', 'problem', 'healthy']], 1]);
  });

  it('of a btrfs whose kernel does not tell of its devices are not judged', async () => {
    host.remove('proc/mdstat');
    host.remove('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devinfo');
    host.write('sys/fs/btrfs/6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11/devices/sda4/size', '1\n');
    assert.deepEqual((await look()).verdicts, [notApplicable('missing devices of btrfs 6f1d2c3a-0f4e-4c53-9d2f-0a6f2f1c7d11 (not told by this kernel, as by those before 5.6)')]);
  });

  it('of which one kind cannot be understood leave the others judged', async () => {
    host.write('proc/spl/kstat/zfs/tank/state', 'DEGR');
    const { verdicts } = await look();
    assert.deepEqual(verdicts.map((verdict) => [verdict.kind, 'subject' in verdict ? verdict.subject : '']), [['healthy', ''], ['unknown', 'ZFS pools'], ['healthy', '']]);
  });
});
