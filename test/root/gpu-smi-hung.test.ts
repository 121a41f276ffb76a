import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { GpuInventory } from '../../plugins/gpu-monitor/inventory/inventory.ts';
import { createSmiReader, type SmiScene } from '../../plugins/gpu-monitor/smi/reader.ts';
import { type ControlGroup, createControlGroup, type Limits } from '../support/control-group.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type FakeSmi, fakeSmi } from '../support/fake-smi.ts';

const ONE_GPU: GpuInventory = { pci: [{ address: '0000:53:00.0', driver: 'nvidia', isVirtualFunction: false }], proc: undefined, moduleVersion: '580.1' };
const XML = '<nvidia_smi_log>\n<attached_gpus>1</attached_gpus>\n<gpu id="00000000:53:00.0">\n<uuid>GPU-1</uuid>\n</gpu>\n</nvidia_smi_log>\n';
const scene: SmiScene = { root: '/', timeoutMs: 30_000, isExpected: false };

const noMount = whyNoDeadMount();

const TOO_LARGE = /^untold: nvidia-smi took more than \d+ MiB of memory .*and was killed/;

describe(noMount === undefined ? 'nvidia-smi in a driver that never answers' : `nvidia-smi in a driver that never answers (skipped: ${noMount})`, () => {
  before(function () {
    if (noMount !== undefined) this.skip();
  });

  for (const [when, cutAtByte] of [['before it wrote anything', 0], ['in the middle of its answer', 100], ['after the whole answer', XML.length]] as const) {
    it(`${when} cannot be killed, costs one process whoever asks, and is over when the driver answers again`, async () => {
      using folder = temporaryFolder();
      await using stack = new AsyncDisposableStack();
      const mount = stack.use(await deadMount(folder.file('driver')));
      using smi = fakeSmi({ xml: XML, cutAtByte, ending: { readsFrom: `${mount.path}/nvidia0` } });
      const reader = createSmiReader({ inventory: () => ONE_GPU, given: smi.path });
      const first = await reader.look({ ...scene, timeoutMs: 1_000 });
      assert.equal(first.kind, 'uninterruptible');
      const looks = await Promise.all([reader.look(scene), reader.nvlink(scene), reader.look(scene)]);
      assert.deepEqual([looks[0], looks[2]], [first, first]);
      assert.deepEqual(looks[1].kind, 'untold');
      assert.deepEqual(smi.starts(), ['-q -x']);

      smi.become({ xml: XML });
      await stack.disposeAsync();
      await eventually('a look that answers', async () => (await reader.look(scene)).kind === 'answered');
      assert.deepEqual(smi.starts(), ['-q -x', '-q -x']);
      assert.equal(smi.mostAtOnce(), 1);
    });
  }
});

const trial = createControlGroup({});
const noGroup = process.getuid?.() === 0 ? (trial.kind === 'ok' ? undefined : trial.why) : 'needs root';
if (trial.kind === 'ok') await trial.group[Symbol.asyncDispose]();

function groupOf(limits: Limits): ControlGroup {
  const made = createControlGroup(limits);
  if (made.kind !== 'ok') throw new Error(made.why);
  return made.group;
}

/** Asks twice from a process of its own in the group, and gives what came of it; the second one stands for all that come after. */
async function looksInside(group: ControlGroup, smi: FakeSmi, timeoutMs: number): Promise<readonly string[]> {
  const program = `
    import { createSmiReader } from ${JSON.stringify(new URL('../../plugins/gpu-monitor/smi/reader.ts', import.meta.url).href)};
    const reader = createSmiReader({ inventory: () => (${JSON.stringify(ONE_GPU)}), given: ${JSON.stringify(smi.path)} });
    const scene = ${JSON.stringify({ ...scene, timeoutMs })};
    for (let look = 0; look < 2; look++) {
      const { kind, message } = await reader.look(scene);
      console.log(kind + ': ' + message);
    }
  `;
  const [command, ...args] = group.enter([process.execPath, '--input-type=module', '-e', program]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  assert.equal(code, 0, 'we survive');
  return output.trim().split('\n');
}

describe(noGroup === undefined ? 'nvidia-smi in a container with limits' : `nvidia-smi in a container with limits (skipped: ${noGroup})`, () => {
  before(function () {
    if (noGroup !== undefined) this.skip();
  });

  it('that has used up its share of CPU is not called hung', async () => {
    await using group = groupOf({ cpuMillicores: 200 });
    using smi = fakeSmi({ xml: XML, ending: 'spin' });
    const want = 'untold: nvidia-smi got no CPU time (the CPU limit of this container, or a busy node)';
    assert.deepEqual(await looksInside(group, smi, 4_000), [want, want]);
  });

  it('that sleeps although there is CPU is hung there, too', async () => {
    await using group = groupOf({ cpuMillicores: 1_000 });
    using smi = fakeSmi({ xml: XML, ending: 'hang' });
    const want = 'hung: nvidia-smi did not end within 4000 ms and was killed';
    assert.deepEqual(await looksInside(group, smi, 4_000), [want, want]);
  });

  it('that leaks is killed before the memory is used up', async () => {
    await using group = groupOf({ memoryBytes: 112 * 1024 * 1024 });
    using smi = fakeSmi({ xml: XML, ending: { leakMebibytesPerSecond: 20 } });
    const looks = await looksInside(group, smi, 30_000);
    assert.lengthOf(looks, 2);
    // How much the group leaves depends on what the test itself uses.
    for (const look of looks) assert.match(look, TOO_LARGE);
    assert.equal(group.oomKillCount(), 0);
  });

  it('that takes all memory at once is the one that the kernel kills', async () => {
    await using group = groupOf({ memoryBytes: 192 * 1024 * 1024 });
    using smi = fakeSmi({ xml: '', ending: { leakMebibytesPerSecond: 1e9 } });
    const looks = await looksInside(group, smi, 30_000);
    for (const look of looks) assert.match(look, /^untold: nvidia-smi (?:took more than \d+ MiB of memory .*and was killed|was killed by something else)/);
    assert.lengthOf(looks, 2);
  });
});
