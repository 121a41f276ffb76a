import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { filesystemErrors } from '../../../plugins/host-inspector/checks/filesystem-errors.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const SICK = problem('FilesystemErrors', '/', '/: errors since the boot, counted in /sys/fs/ext4/vda/errors_count (ext4 on /dev/vda)');

async function look({ root }: HostTree, memo?: unknown): Promise<Look> {
  const scene = { root, settings: defaultsOf(hostSettings), memo, signal: new AbortController().signal, log: silentLogger };
  return await runCheck(filesystemErrors, scene);
}

describe('errors that ext4 counted', () => {
  let host: HostTree;
  let bootTimeSeconds = 0;
  beforeEach(() => {
    host = hostTree();
    ({ bootTimeSeconds } = host);
  });
  afterEach(() => host[Symbol.dispose]());

  function setBootTime(seconds: number): void {
    host.write('proc/stat', `cpu  1 0 1 9 0 0 0 0 0 0\nbtime ${seconds}\nprocesses 9\nprocs_running 1\nprocs_blocked 0\n`);
  }

  it('are told when the last one is of this boot, with their number as a reading', async () => {
    host.setExt4Errors(3, bootTimeSeconds);
    assert.deepEqual(await look(host), {
      verdicts: [SICK],
      readings: [
        { name: 'filesystem_errors', subject: '/', value: 3, unit: 'count', source: '/sys/fs/ext4/vda/errors_count' },
        { name: 'filesystem_errors_before_boot', subject: '/', value: 0, unit: 'count', source: '/sys/fs/ext4/vda/errors_count' },
      ],
      memo: { bootTimeSeconds, oldCounts: { vda: 0 } },
    });
  });

  it('of an earlier boot, which no e2fsck has seen, are a reading only', async () => {
    host.setExt4Errors(3, bootTimeSeconds - 1);
    const { verdicts, readings, memo } = await look(host);
    assert.deepEqual([verdicts, readings?.map(({ value }) => value)], [[healthy], [3, 3]]);
    assert.deepEqual(memo, { bootTimeSeconds, oldCounts: { vda: 3 } });
  });

  it('of an earlier boot and one more of this boot are told', async () => {
    host.setExt4Errors(3, bootTimeSeconds - 1);
    const { memo } = await look(host);
    host.setExt4Errors(4, bootTimeSeconds + 50);
    assert.deepEqual((await look(host, memo)).verdicts, [SICK]);
  });

  it('before the clock was set are told for the growth of their count', async () => {
    setBootTime(1_000_000);
    const { memo } = await look(host);
    host.setExt4Errors(1, 1_000_100);
    setBootTime(bootTimeSeconds);
    const later = await look(host, memo);
    assert.deepEqual(later.verdicts, [SICK]);
    assert.deepEqual((await look(host, later.memo)).verdicts, [SICK]);
  });

  it('ahead of a clock that was not set yet are of an earlier boot', async () => {
    setBootTime(1_000_000);
    host.setExt4Errors(2, bootTimeSeconds - 5_000);
    const { verdicts, memo } = await look(host);
    setBootTime(bootTimeSeconds);
    assert.deepEqual([verdicts, (await look(host, memo)).verdicts], [[healthy], [healthy]]);
  });

  it('of another disk that came under the same name are not of this boot', async () => {
    const { memo } = await look(host);
    host.setExt4Errors(7, bootTimeSeconds - 9_000_000);
    assert.deepEqual((await look(host, memo)).verdicts, [healthy]);
  });

  it('are gone after e2fsck, and the next one is told', async () => {
    host.setExt4Errors(3, bootTimeSeconds - 1);
    const first = await look(host);
    host.setExt4Errors(0, 0);
    const repaired = await look(host, first.memo);
    host.setExt4Errors(1, bootTimeSeconds + 60);
    assert.deepEqual([repaired.verdicts, (await look(host, repaired.memo)).verdicts], [[healthy], [SICK]]);
  });

  it('that cannot be read for once are still known afterwards', async () => {
    host.setExt4Errors(3, bootTimeSeconds - 1);
    const { memo } = await look(host);
    host.write('sys/fs/ext4/vda/errors_count', '');
    const blind = await look(host, memo);
    assert.deepEqual(blind.verdicts.map(({ kind }) => kind), ['unknown']);
    host.setExt4Errors(4, bootTimeSeconds + 1);
    assert.deepEqual((await look(host, blind.memo)).verdicts, [SICK]);
  });

  for (const memo of [null, 7, 'x', [], {}, { bootTimeSeconds: -1, oldCounts: {} }, { bootTimeSeconds: 1, oldCounts: [] }, { bootTimeSeconds: 1, oldCounts: { vda: '0' } }]) {
    it(`are judged by their time where ${JSON.stringify(memo)} was kept`, async () => {
      host.setExt4Errors(3, bootTimeSeconds - 1);
      assert.deepEqual((await look(host, memo)).verdicts, [healthy]);
      host.setExt4Errors(3, bootTimeSeconds + 1);
      assert.deepEqual((await look(host, memo)).verdicts, [SICK]);
    });
  }

  it('are found by the name in the source once the device is gone', async () => {
    host.remove('sys/dev/block');
    host.setExt4Errors(1, bootTimeSeconds);
    assert.deepEqual((await look(host)).verdicts, [SICK]);
  });

  it('cannot be told of a device that is gone and whose source is no name of the kernel', async () => {
    host.remove('sys/dev/block');
    host.write('proc/1/mountinfo', '27 1 253:0 / / rw - ext4 /dev/mapper/root rw\n');
    const where = `/sys/dev/block/253:0/uevent (as ${host.root}/sys/dev/block/253:0/uevent): no such file or directory`;
    assert.deepEqual((await look(host)).verdicts, [unknownOf('/', `/: the kernel's name of its device cannot be told: ${where}`)]);
  });

  it('of one file system cannot be told by those of another', async () => {
    host.write('proc/1/mountinfo', '27 1 8:1 / / rw - ext4 /dev/sda1 rw\n28 27 8:2 / /data rw - ext4 /dev/sda2 rw\n');
    for (const [minor, count] of [[1, 'x'], [2, '0\n']] as const) {
      host.write(`sys/dev/block/8:${minor}/uevent`, `DEVNAME=sda${minor}\n`);
      host.write(`sys/fs/ext4/sda${minor}/errors_count`, count);
      host.write(`sys/fs/ext4/sda${minor}/last_error_time`, '0\n');
    }
    const { verdicts } = await look(host);
    assert.deepEqual(verdicts.map((verdict) => [verdict.kind, 'subject' in verdict ? verdict.subject : '']), [['unknown', '/'], ['healthy', '']]);
  });

  it('do not exist where nothing counts them, and it says so', async () => {
    host.remove('sys/fs/ext4');
    const where = `/sys/fs/ext4/vda/errors_count (as ${host.root}/sys/fs/ext4/vda/errors_count): no such file or directory`;
    assert.deepEqual((await look(host)).verdicts, [notApplicable(`/: its errors are not counted: ${where}`)]);
  });

  it('do not exist on a node without ext4, nor is anything read for them', async () => {
    for (const path of ['sys', 'proc/stat', 'proc/uptime']) host.remove(path);
    host.write('proc/1/mountinfo', '27 1 254:0 / / rw - xfs /dev/vda rw\n');
    assert.deepEqual((await look(host)).verdicts, [healthy]);
  });

  it('of volumes of Pods are not the node\'s', async () => {
    host.write('proc/1/mountinfo', '27 1 0:9 / / rw - tmpfs tmpfs rw\n42 27 8:9 / /var/lib/kubelet/pods/u/volumes/pvc rw - ext4 /dev/sdj rw\n');
    assert.deepEqual((await look(host)).verdicts, [notApplicable('no file system on a disk of this node')]);
  });

  it('of more than 64 file systems are not all looked at, and it says so', async () => {
    const lines = Array.from({ length: 66 }, (_, index) => `${100 + index} 27 8:${index} / /data/${index} rw - ext4 /dev/d${index} rw`);
    host.write('proc/1/mountinfo', `27 1 0:9 / / rw - tmpfs tmpfs rw\n${lines.join('\n')}\n`);
    const { verdicts, readings } = await look(host);
    assert.deepEqual(verdicts.at(-1), unknownOf('ext4 file systems beyond 64', 'ext4 file systems beyond 64: not looked at'));
    assert.deepEqual(readings?.at(-1), { name: 'left_out', subject: 'ext4 file systems beyond 64', value: 2, unit: 'count', source: '/proc/1/mountinfo' });
    assert.lengthOf(verdicts, 65);
  });
});
