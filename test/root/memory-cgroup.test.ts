import { readFileSync, readdirSync } from 'node:fs';

import { assert } from 'chai';

import { type Bundle, buildBundle, serveBundle } from '../support/bundle.ts';
import { createControlGroup } from '../support/control-group.ts';
import { deadHost } from '../support/dead-host.ts';
import { whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually } from '../support/eventually.ts';

const LIMIT_BYTES = 50 * 2 ** 20;
const DEAD_MOUNTS = 4;
const POLLS = 600;

/** The host program's own default; a poll that takes longer counts as an error there. */
const DEADLINE = { timeoutMs: 10_000 };

const EXIT_WITHIN_MS = 20_000;

const why = whyNoDeadMount() ?? whyNoGroup();

function whyNoGroup(): string | undefined {
  const made = createControlGroup({ memoryBytes: LIMIT_BYTES });
  if (made.kind === 'unavailable') return made.why;
  void made.group[Symbol.asyncDispose]();
  return undefined;
}

/** Arguments of the children of a process that name one of these mounts, which they wait for. */
function waitersOf(pid: number, mountPoints: readonly string[]): readonly string[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean));
  const words = children.flatMap((child) => commandOf(child).split('\0'));
  return words.flatMap((word) => mountPoints.filter((mountPoint) => word.endsWith(mountPoint))).toSorted();
}

/** Empty when it has ended meanwhile. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe(`the bundle inside 50 MiB with four dead mounts${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let bundle: Bundle;

  before(async function () {
    if (why !== undefined) this.skip();
    bundle = await buildBundle();
  });

  after(() => bundle?.[Symbol.dispose]());

  it('answers every poll, names what is stuck, is not killed, and ends cleanly on SIGTERM', async function () {
    this.timeout(120_000);
    const made = createControlGroup({ memoryBytes: LIMIT_BYTES });
    if (made.kind === 'unavailable') assert.fail(made.why);
    await using group = made.group;
    // Disposed of before the group: only then do the children that wait for its mounts end.
    await using host = await deadHost(DEAD_MOUNTS);
    const enter = (argv: readonly string[]): readonly [string, ...string[]] => group.enter(host.enter(argv));
    await using served = await serveBundle({ bundle: bundle.path, monitors: ['host-inspector'], flags: ['--host-root', host.root], enter });

    const message = await eventually('a condition that names the dead mounts', async () => {
      const { conditions } = await served.client.checkHealth({}, 0, DEADLINE);
      const disk = conditions.find(({ type }) => type === 'DiskSpaceLow');
      return disk?.status === 'Unknown' && host.mountPoints.every((path) => disk.message.includes(path)) ? disk.message : undefined;
    }, 30_000);
    assert.equal(message, host.mountPoints.map((path) => `${path}: the file system does not answer (fuse on dead)`).join('; '));
    assert.deepEqual(waitersOf(served.pid, host.mountPoints), host.mountPoints);

    for (let sequence = 1; sequence <= POLLS; sequence++) {
      const { conditions } = await served.client.checkHealth({}, sequence, DEADLINE);
      const told = conditions.filter(({ type }) => type === 'DiskSpaceLow' || type === 'MemoryPressureHigh');
      assert.deepEqual(told.map(({ type, status }) => [type, status]), [['DiskSpaceLow', 'Unknown'], ['MemoryPressureHigh', 'False']]);
    }
    assert.equal(group.oomKillCount(), 0);
    assert.isAtMost(group.peakMemoryBytes(), LIMIT_BYTES);

    const exit = await served.terminate(EXIT_WITHIN_MS);
    assert.deepEqual({ code: exit?.code, signal: exit?.signal }, { code: 0, signal: null });
  });
});
