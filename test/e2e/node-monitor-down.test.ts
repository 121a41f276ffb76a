import { assert } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import type { Condition, MonitorStatus } from '../../plugins/core/status.ts';
import { PEEK_PARAMETER } from '../../plugins/core/status.ts';
import { askHttp2 } from '../../plugins/linux/http2-answer.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { hostTree } from '../support/host-tree.ts';
import { type Folder, eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, start } from '../support/program.ts';

const GPU_SOCKET = 'npd-gpu-monitor.sock';

/** How it ends, and what then comes of asking it. */
const ENDS = [
  { signal: 'SIGKILL', left: 'refused' },
  { signal: 'SIGSTOP', left: 'silent' },
  { signal: 'SIGTERM', left: 'absent' },
] as const;

/** Each in a process of its own, with its socket in the same folder, as in the overlays. */
function serving(monitor: string, folder: Folder, root: string): Program {
  return start(['serve', monitor, '--socket-dir', folder.path, '--host-root', root]);
}

/** Any poll parameters that were not in force make every check look at once, so nobody need wait for the period. */
let polls = 0;
async function lookAgain(folder: Folder): Promise<Condition> {
  polls += 1;
  const status = await eventually('an answer', async () => {
    using client = connect(folder.file('npd-host-inspector.sock'));
    return await client.checkHealth({ mountHungIgnoreUnder: `/look/${polls}` }, polls, { timeoutMs: 5_000 }).catch(() => undefined);
  });
  return conditionOf(status);
}

async function now(folder: Folder): Promise<Condition> {
  using client = connect(folder.file('npd-host-inspector.sock'));
  return conditionOf(await client.checkHealth({ [PEEK_PARAMETER]: '1' }, 1, { timeoutMs: 5_000 }));
}

function conditionOf({ conditions }: MonitorStatus): Condition {
  const found = conditions.find(({ type }) => type === 'NodeMonitorDown');
  if (found === undefined) throw new Error('no NodeMonitorDown');
  return found;
}

/** Looks until it is so: raised, or cleared, once that has lasted for 20 s. */
async function becomes(folder: Folder, status: string): Promise<Condition> {
  return await eventually(`NodeMonitorDown ${status}`, async () => {
    await lookAgain(folder);
    await new Promise((resolve) => void setTimeout(resolve, 1_000));
    const condition = await now(folder);
    return condition.status === status ? condition : undefined;
  }, 60_000);
}

async function answers(path: string): Promise<string> {
  return (await askHttp2(path, { timeoutMs: 1_000 })).kind;
}

describe('gpu-monitor beside the host-inspector, each a process', function () {
  this.timeout(120_000);

  // All at once: what is found must last for 20 s before it is told, and be gone for as long.
  it('is down when it is killed, stopped or ended in good order, and back when it answers again', async () => {
    await Promise.all(ENDS.map(async ({ signal, left }) => {
      using folder = temporaryFolder();
      using host = hostTree();
      await using gpu = serving('gpu-monitor', folder, host.root);
      await eventually('its socket', () => existsSync(folder.file(GPU_SOCKET)));
      await using _node = serving('host-inspector', folder, host.root);
      await eventually('gpu-monitor seen', async () => {
        const { status, message } = await lookAgain(folder);
        return status === 'False' && !message.includes('gpu-monitor');
      });
      gpu.kill(signal);
      await eventually(left, async () => (await answers(folder.file(GPU_SOCKET))) === left);
      const down = await becomes(folder, 'True');
      assert.equal(down.reason, 'GPUMonitorDown');
      assert.match(down.message, /^gpu-monitor: nobody answers on npd-gpu-monitor\.sock\. /);
      if (signal === 'SIGSTOP') gpu.kill('SIGCONT');
      await using _again = signal === 'SIGSTOP' ? undefined : serving('gpu-monitor', folder, host.root);
      assert.equal((await becomes(folder, 'False')).reason, 'NodeMonitorsAnswer');
    }));
  });

  it('is asked without a trace: no poll, no line in its log, no connection left', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using gpu = serving('gpu-monitor', folder, host.root);
    const path = folder.file(GPU_SOCKET);
    await eventually('its socket', () => existsSync(path));
    await eventually('an answer', async () => (await answers(path)) === 'answers');
    const descriptors = (): number => readdirSync(`/proc/${gpu.pid}/fd`).length;
    const before = { descriptors: descriptors(), log: gpu.stderr() };
    for (let count = 0; count < 100; count++) assert.equal(await answers(path), 'answers');
    await eventually('all connections closed', () => descriptors() <= before.descriptors);
    const fresh = gpu.stderr().slice(before.log.length).split('\n').filter((line) => line !== '');
    assert.deepEqual(fresh.filter((line) => !/condition changed|is not asked/.test(line)), []);
    using client = connect(path);
    assert.equal((await client.getMetadata({ timeoutMs: 5_000 })).name, 'gpu-monitor');
  });
});
