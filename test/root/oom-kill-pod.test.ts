import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Look } from '../../plugins/core/check.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import { oomKills } from '../../plugins/host-inspector/checks/oom-kills.ts';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';
import { podUid } from '../support/pod-tree.ts';

const UID = podUid(9);

/** Where the groups with a memory controller lie, and what a group's limit is called there. */
const [TOP, LIMIT] = existsSync('/sys/fs/cgroup/cgroup.controllers') ? ['/sys/fs/cgroup', 'memory.max'] : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'];

/** A host whose control groups are those below a new one of ours, with a container of a Pod that may have 32 MiB; undefined where we may not make it. */
function hostWithPod(): (Disposable & { readonly root: string; readonly container: string }) | undefined {
  const top = join(TOP, `npd-plugins-${randomBytes(4).toString('hex')}`);
  const folders = [top, join(top, 'kubepods'), join(top, `kubepods/pod${UID}`), join(top, `kubepods/pod${UID}/container`)];
  const container = folders.at(-1) ?? '';
  const root = mkdtempSync(join(tmpdir(), 'npd-oom-'));
  const dispose = (): void => {
    rmSync(root, { recursive: true });
    for (const folder of folders.toReversed()) if (existsSync(folder)) rmdirSync(folder);
  };
  try {
    for (const folder of folders) {
      mkdirSync(folder);
      if (LIMIT === 'memory.max' && folder !== container) writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory');
    }
    writeFileSync(join(container, LIMIT), String(32 * 2 ** 20));
    mkdirSync(join(root, 'sys/fs'), { recursive: true });
    symlinkSync('/proc', join(root, 'proc'));
    if (LIMIT === 'memory.max') symlinkSync(top, join(root, 'sys/fs/cgroup'));
    else {
      mkdirSync(join(root, 'sys/fs/cgroup'));
      symlinkSync(top, join(root, 'sys/fs/cgroup/memory'));
    }
  } catch {
    dispose();
    return undefined;
  }
  return { root, container, [Symbol.dispose]: dispose };
}

describe('an OOM kill by the kernel', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is told with the Pod in which it was', async function () {
    using host = hostWithPod();
    if (host === undefined) {
      this.skip();
      return;
    }
    const look = async (memo: unknown): Promise<Look> =>
      await oomKills.look({ root: host.root, settings: defaultsOf(hostSettings), signal: new AbortController().signal, log: silentLogger, memo });
    const { memo } = await look(undefined);
    const { signal, status } = spawnSync('sh', ['-c', 'echo $$ >"$0/cgroup.procs"; exec "$1" -e "Buffer.alloc(1e8, 1)"', host.container, process.execPath]);
    assert.deepEqual([signal, status], ['SIGKILL', null]);
    const messages = ((await look(memo)).events ?? []).map(({ message }) => message);
    const why = LIMIT === 'memory.max' ? 'it reached its own memory limit (memory.events, oom_kill)' : 'memory ran out (memory.oom_control, oom_kill)';
    // Others may have been killed meanwhile.
    assert.include(messages, `killed 1 process of pod ${UID}: ${why}`);
  });
});
