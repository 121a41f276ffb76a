import { assert } from 'chai';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { judge as judgeTaint, kernelTainted } from '../../../plugins/host-inspector/checks/kernel-tainted.ts';
import { judge as judgeBoot, nodeRebooted } from '../../../plugins/host-inspector/checks/node-rebooted.ts';
import { judge as judgeReboot, rebootRequired as rebootRequiredOf } from '../../../plugins/host-inspector/checks/reboot-required.ts';
import { hostEvents } from '../../../plugins/host-inspector/conditions.ts';
import { newerKernel } from '../../../plugins/host-inspector/reboot/newer-kernel.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { liveSources } from '../../../plugins/host-inspector/sources.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const told = ({ events = [] }: Look): readonly string[] => events.map(({ severity, reason, message }) => `${severity} ${reason}: ${message}`);

async function look(check: Check<HostSettings>, { root }: HostTree, before?: Look): Promise<Look> {
  return await runCheck(check, { root, settings: defaultsOf(hostSettings), memo: before?.memo, baseline: before?.baseline, signal: new AbortController().signal, log: silentLogger });
}

const rebootRequired = rebootRequiredOf(liveSources);

const bits = (...set: readonly number[]): number => set.reduce((sum, bit) => sum + 2 ** bit, 0);

describe('a tainted kernel', () => {
  const OOPS = 'warn KernelTainted: kernel tainted, D (bit 7): kernel died recently, there was an oops or a bug; see dmesg (/proc/sys/kernel/tainted)';

  it('is told when it happens, and once', () => {
    const first = judgeTaint(0, undefined);
    const second = judgeTaint(bits(7, 9), first.memo);
    assert.deepEqual([told(first), told(second), told(judgeTaint(bits(7, 9), second.memo))], [
      [], [OOPS, 'info KernelTainted: kernel tainted, W (bit 9): kernel issued a warning; see dmesg (/proc/sys/kernel/tainted)'], [],
    ]);
  });

  it('at the first look of a boot is told for what is grave', () => {
    assert.deepEqual(told(judgeTaint(bits(0, 1, 7, 9, 12), undefined)), [OOPS]);
    for (const grave of [4, 5, 7, 14]) assert.lengthOf(told(judgeTaint(bits(grave), undefined)), 1);
  });

  it('by a driver of others, as NVIDIA\'s, or a live patch, is no news', () => {
    assert.deepEqual(told(judgeTaint(bits(0, 12, 13, 15, 16, 17), { tainted: 0 })), []);
  });

  it('by a bit that nobody knows yet is told with its number', () => {
    assert.deepEqual(told(judgeTaint(bits(31), { tainted: 0 })), ['info KernelTainted: kernel tainted, ? (bit 31): a reason that this version does not know; see dmesg (/proc/sys/kernel/tainted)']);
  });

  it('of a memo that cannot be used is a first look', () => {
    for (const memo of [null, 'x', { tainted: -1 }, { tainted: '0' }]) assert.deepEqual(told(judgeTaint(bits(9), memo)), []);
  });

  it('is read of the kernel, and of garbage nothing is told', async () => {
    using host = hostTree();
    host.write('proc/sys/kernel/tainted', '4609\n');
    const good = await look(kernelTainted, host);
    assert.deepEqual(good.memo, { tainted: 4_609 });
    for (const text of ['', '128', 'x\n', '-1\n', '128\n128\n']) {
      host.write('proc/sys/kernel/tainted', text);
      const bad = await look(kernelTainted, host, good);
      assert.deepEqual([bad.verdicts[0]?.kind, told(bad), bad.memo], ['unknown', [], undefined], JSON.stringify(text));
    }
    host.remove('proc/sys/kernel/tainted');
    assert.deepEqual((await look(kernelTainted, host)).verdicts, [{ kind: 'not-applicable', message: 'no /proc/sys/kernel/tainted' }]);
  });
});

describe('a reboot', () => {
  it('is told once, with its time, where the boot before is known', () => {
    const [first, second] = [judgeBoot('a', 1_795_000_000, undefined), judgeBoot('b', 1_795_086_400, { bootId: 'a' })];
    assert.deepEqual([told(first), told(second), told(judgeBoot('b', 1_795_086_400, second.baseline))], [[], ['info NodeRebooted: the node has rebooted, at 2026-11-19T11:06:40Z (/proc/stat, btime)'], []]);
  });

  it('is not told of a baseline that cannot be used', () => {
    for (const baseline of [null, 'x', {}, { bootId: 1 }]) assert.deepEqual(told(judgeBoot('b', 1, baseline)), []);
  });

  it('is told by the host, and of garbage nothing is', async () => {
    using host = hostTree();
    const first = await look(nodeRebooted, host);
    host.write('proc/sys/kernel/random/boot_id', '00000000-0000-4000-8000-00000000000b\n');
    assert.lengthOf(told(await look(nodeRebooted, host, first)), 1);
    for (const text of ['', 'x\n', '00000000-0000-4000-8000-00000000000']) {
      host.write('proc/sys/kernel/random/boot_id', text);
      const bad = await look(nodeRebooted, host, first);
      assert.deepEqual([bad.verdicts[0]?.kind, told(bad), bad.baseline], ['unknown', [], undefined], JSON.stringify(text));
    }
  });
});

describe('the newer of two kernels', () => {
  const cases: readonly { readonly running: string; readonly installed: readonly string[]; readonly newer: string | undefined }[] = [
    { running: '6.8.0-45-generic', installed: ['6.8.0-45-generic', '6.8.0-47-generic', '6.8.0-9-generic', '6.8.0-100-generic'], newer: '6.8.0-100-generic' },
    { running: '6.8.0-45-generic', installed: ['6.8.0-1015-aws', '6.8.0-45-generic-64k', '6.9.0-rc1'], newer: undefined },
    { running: '6.1.0-18-amd64', installed: ['6.1.0-21-amd64', '6.1.0-22-cloud-amd64'], newer: '6.1.0-21-amd64' },
    { running: '5.14.0-503.15.1.el9_5.x86_64', installed: ['5.14.0-570.12.1.el9_6.x86_64', '5.14.0-570.12.1.el9_6.x86_64+rt'], newer: '5.14.0-570.12.1.el9_6.x86_64' },
    { running: '5.14.0-427.el9.x86_64', installed: ['5.14.0-427.13.1.el9_4.x86_64'], newer: '5.14.0-427.13.1.el9_4.x86_64' },
    { running: '6.1.82-99.168.amzn2023.x86_64', installed: ['6.1.82-99.168.amzn2023.x86_64', '6.1.79-99.167.amzn2023.x86_64'], newer: undefined },
    { running: '6.18.5-talos', installed: [], newer: undefined },
  ];
  for (const { running, installed, newer } of cases) {
    it(`beside ${running} is ${newer ?? 'none'} of ${installed.join(', ') || 'none'}`, () => {
      assert.equal(newerKernel(running, installed), newer);
      assert.equal(newerKernel(running, installed.toReversed()), newer);
    });
  }
});

describe('a reboot that is required', () => {
  const none = { isFlagged: false, packages: '', kernel: undefined, running: '6.8.0-45-generic' };

  it('is told once, with its packages', () => {
    const first = judgeReboot({ ...none, isFlagged: true, packages: 'linux-image-6.8.0-47-generic\nlibc6\nlibc6\n%n $(x)\n' }, undefined);
    const second = judgeReboot({ ...none, isFlagged: true }, first.memo);
    const third = judgeReboot(none, second.memo);
    assert.deepEqual([first, second, third, judgeReboot({ ...none, isFlagged: true }, third.memo)].map(told), [
      ['info RebootRequired: a reboot is required by linux-image-6.8.0-47-generic, libc6 (/run/reboot-required)'], [], [], ['info RebootRequired: a reboot is required (/run/reboot-required)'],
    ]);
  });

  it('by a newer kernel is told once for each', () => {
    const first = judgeReboot({ ...none, kernel: '6.8.0-47-generic' }, 'x');
    const second = judgeReboot({ ...none, kernel: '6.8.0-47-generic' }, first.memo);
    assert.deepEqual([first, second].map(told), [['info RebootRequired: a reboot is required: kernel 6.8.0-47-generic is installed and 6.8.0-45-generic runs (/lib/modules)'], []]);
    assert.deepEqual(told(judgeReboot({ ...none, kernel: '6.8.0-48-generic' }, first.memo)).length, 1);
  });

  it('with very many packages is told in a short line', () => {
    const packages = Array.from({ length: 500 }, (_, index) => `package-${index}\n`).join('');
    assert.isBelow(told(judgeReboot({ ...none, isFlagged: true, packages }, undefined))[0]?.length ?? 0, 500);
  });

  it('is read of the disk', async () => {
    using host = hostTree();
    host.write('proc/sys/kernel/osrelease', '6.8.0-45-generic\n');
    host.write('lib/modules/6.8.0-45-generic/kernel/x', '');
    // What an update leaves of a kernel that was removed.
    host.write('lib/modules/6.8.0-49-generic/updates/dkms/nvidia.ko', '');
    const first = await look(rebootRequired, host);
    assert.deepEqual([first.verdicts, told(first)], [[{ kind: 'healthy' }], []]);
    host.write('lib/modules/6.8.0-49-generic/kernel/x', '');
    host.write('run/reboot-required', '*** System restart required ***\n');
    host.write('run/reboot-required.pkgs', 'linux-base\n');
    const second = await look(rebootRequired, host, first);
    assert.deepEqual(told(second), ['info RebootRequired: a reboot is required by linux-base (/run/reboot-required)']);
    rmSync(join(host.root, 'run/reboot-required'));
    assert.deepEqual(told(await look(rebootRequired, host, second)), []);
    host.write('proc/sys/kernel/osrelease', 'x');
    assert.equal((await look(rebootRequired, host)).verdicts[0]?.kind, 'unknown');
  });
});

describe('events about the kernel', () => {
  it('are in the table with the severity that they have', () => {
    const table = new Map(hostEvents.map(({ reason, severity }) => [reason, severity]));
    assert.deepEqual(['KernelTainted', 'NodeRebooted', 'RebootRequired'].map((reason) => table.get(reason)), ['warn', 'info', 'info']);
  });
});
