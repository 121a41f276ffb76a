import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../plugins/core/log.ts';
import { createMonitor, type RunningMonitor } from '../../plugins/core/monitor.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import { hostInspector } from '../../plugins/host-inspector/host-inspector.ts';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';
import { type ChildResult, runChild } from '../../plugins/linux/child.ts';
import { createFilesystemProbe } from '../../plugins/linux/filesystem-probe.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually } from '../support/eventually.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';

const missing = whyNoDeadMount();
const POD = '/var/lib/kubelet/pods/u/volumes/kubernetes.io~csi/share/mount';

/** The line of the machine's own mount table, as the host of the tree would see it. */
function lineOf(host: HostTree, mountPoint: string): string {
  const real = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').find((line) => line.includes(` ${join(host.root, mountPoint)} `)) ?? '';
  return `${real.replace(` ${host.root}/`, ' /').replace(/^(\d+) \d+/, '$1 27')}\n`;
}

function toldBy(monitor: RunningMonitor): readonly string[] {
  return monitor.checkHealth({}).status.conditions
    .filter(({ type }) => type === 'DiskSpaceLow' || type === 'FilesystemUnhealthy')
    .map(({ type, status, reason }) => `${type} ${status} ${reason}`);
}

describe(missing === undefined ? 'a mount that never answers' : `a mount that never answers (skipped: ${missing})`, () => {
  before(function () {
    if (missing !== undefined) this.skip();
  });

  for (const [where, mountPoint, diskSpace] of [
    ['on the node', '/data', 'DiskSpaceLow Unknown DiskSpaceUnknown'],
    ['in a Pod', POD, 'DiskSpaceLow False NodeHasDiskSpace'],
  ] as const) {
    it(`${where} hangs after three minutes, costs one child, and is over when the mount is gone`, async () => {
      using host = hostTree();
      const rootLine = readFileSync(join(host.root, 'proc/1/mountinfo'), 'utf8');
      await using stack = new AsyncDisposableStack();
      stack.use(await deadMount(join(host.root, mountPoint)));
      host.write('proc/1/mountinfo', rootLine + lineOf(host, mountPoint));
      const left: ChildResult[] = [];
      const run: typeof runChild = async (request) => {
        const result = await runChild(request);
        if (result.kind === 'abandoned') left.push(result);
        return result;
      };
      const clock = fakeClock();
      const monitor = createMonitor({
        definition: hostInspector(createFilesystemProbe({ timeoutMs: 1_000, run })),
        version: 'test', root: host.root, configured: defaultsOf(hostSettings), clock, random: () => 0, log: silentLogger, bootId: undefined,
      });
      stack.defer(() => monitor.close());
      const isFound = (): boolean => monitor.looks().get('mounts-answer')?.verdicts.some(({ kind }) => kind === 'problem') === true;
      // Second by second, so that what is asked meanwhile has time to answer.
      const eventuallyTold = async (want: readonly string[]): Promise<void> => {
        await eventually(want.join(', '), async () => {
          await clock.advance(1_000);
          return toldBy(monitor).join() === want.join();
        }, 60_000);
      };

      void monitor.start();
      assert.deepEqual(toldBy(monitor).map((line) => line.split(' ')[1]), ['Unknown', 'Unknown'], 'CheckHealth answers while the first look hangs');
      await eventually('a look that saw it hang', isFound);
      assert.include(toldBy(monitor), 'FilesystemUnhealthy False FilesystemIsHealthy', 'a server may come back');
      const foundMs = clock.monotonicMs();
      await eventuallyTold([diskSpace, 'FilesystemUnhealthy True MountHung']);
      assert.isAtLeast(clock.monotonicMs() - foundMs, 180_000);
      assert.lengthOf(left, 1);

      host.write('proc/1/mountinfo', rootLine);
      await eventuallyTold(['DiskSpaceLow False NodeHasDiskSpace', 'FilesystemUnhealthy False FilesystemIsHealthy']);
    });
  }
});
