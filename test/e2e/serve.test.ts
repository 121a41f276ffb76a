import { assert } from 'chai';
import { existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition, MonitorStatus } from '../../plugins/core/status.ts';
import { PEEK_PARAMETER } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { hostTree } from '../support/host-tree.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, start } from '../support/program.ts';

const DEADLINE = { timeoutMs: 5_000 };

/** `serve host-inspector` on a made-up host, with its socket and state in a folder of its own. */
function serving(folder: string, root: string, ...more: string[]): Program {
  const flags = ['--socket', join(folder, 'a.sock'), '--state-dir', folder, '--host-root', root];
  return start(['serve', 'host-inspector', ...flags, ...more]);
}

/** One poll over a connection of its own; waits for the socket first. */
async function poll(folder: string, parameters: Readonly<Record<string, string>> = {}): Promise<MonitorStatus> {
  const path = join(folder, 'a.sock');
  return await eventually('an answer', async () => {
    using client = connect(path);
    return await client.checkHealth(parameters, 1, DEADLINE).catch(() => undefined);
  });
}

const peek = { [PEEK_PARAMETER]: '1' };

/** A poll once no condition is Unknown any more. */
async function settled(folder: string): Promise<MonitorStatus> {
  return await eventually('all conditions known', async () => {
    const status = await poll(folder, peek);
    return status.conditions.every(({ status }) => status !== 'Unknown') ? status : undefined;
  });
}

/** What is not False. */
function problems({ conditions }: MonitorStatus): readonly string[] {
  return conditions.filter(({ status }) => status !== 'False').map(({ type, reason }) => `${type} ${reason}`);
}

function times(conditions: readonly Condition[]): readonly string[] {
  return conditions.map(({ type, status, transitionMs }) => `${type} ${status} ${transitionMs}`);
}

describe('serve', () => {
  it('keeps every transition time over SIGTERM and a restart, and leaves no socket behind', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using first = serving(folder.path, host.root);
    const before = await settled(folder.path);
    first.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    assert.isFalse(existsSync(join(folder.path, 'a.sock')));
    await using second = serving(folder.path, host.root);
    assert.deepEqual(times((await settled(folder.path)).conditions), times(before.conditions));
    assert.isAbove(second.pid, 0);
  });

  it('keeps every transition time over kill -9 and a restart, and takes the dead socket over', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using first = serving(folder.path, host.root);
    const before = await settled(folder.path);
    assert.deepEqual(problems(before), ['MemoryPressureHigh MemoryLow']);
    for (const { reason } of before.conditions) await saved(folder.path, reason);
    first.kill('SIGKILL');
    await first.ended;
    await using second = serving(folder.path, host.root);
    assert.deepEqual(times((await settled(folder.path)).conditions), times(before.conditions));
    assert.isAbove(second.pid, 0);
  });

  it('tells what began while nobody polled, once, also after kill -9', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using first = serving(folder.path, host.root);
    await settled(folder.path);
    await saved(folder.path, 'MemoryLow');
    first.kill('SIGKILL');
    await first.ended;
    await using second = serving(folder.path, host.root);
    await settled(folder.path);
    const told = await poll(folder.path);
    assert.deepEqual(told.events.map(({ reason, severity, message }) => ({ reason, severity, message })), [
      { reason: 'MemoryLow', severity: 'warn', message: 'node memory: less than 800Mi available (/proc/meminfo, MemAvailable)' },
    ]);
    assert.deepEqual((await poll(folder.path)).events, []);
    second.kill('SIGTERM');
    await second.ended;
    await using third = serving(folder.path, host.root);
    await settled(folder.path);
    assert.deepEqual((await poll(folder.path)).events, []);
    assert.isAbove(third.pid, 0);
  });

  it('tells OOM kills that happened while it was dead', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setOomKills(4);
    await using first = serving(folder.path, host.root);
    assert.deepEqual((await settled(folder.path)).events, []);
    await saved(folder.path, '"oomKills":"4"');
    first.kill('SIGKILL');
    await first.ended;
    host.setOomKills(7);
    await using second = serving(folder.path, host.root);
    await settled(folder.path);
    const { events } = await poll(folder.path);
    assert.deepEqual(events.map(({ message }) => message), ['3 processes were killed because memory ran out (/proc/vmstat, oom_kill)']);
    assert.isAbove(second.pid, 0);
  });

  it('starts afresh with a warning after a broken state file', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using first = serving(folder.path, host.root);
    await settled(folder.path);
    await saved(folder.path, 'NodeHasDiskSpace');
    first.kill('SIGKILL');
    await first.ended;
    writeFileSync(join(folder.path, 'host-inspector.state.json'), '{"format":1,"bootId"');
    await using second = serving(folder.path, host.root);
    assert.deepEqual(problems(await settled(folder.path)), []);
    assert.include(second.stderr(), 'state file is not usable, starting afresh');
  });

  it('makes the state folder, and where none can be made says so and serves all the same', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const withState = (dir: string) => start(['serve', 'host-inspector', '--socket', join(folder.path, 'a.sock'), '--state-dir', dir, '--host-root', host.root]);
    {
      await using makes = withState(join(folder.path, 'made/for us'));
      await settled(folder.path);
      await eventually('the state file', () => (existsSync(join(folder.path, 'made/for us/host-inspector.state.json')) ? true : undefined));
      assert.notInclude(makes.stderr(), 'state not saved');
    }
    writeFileSync(join(folder.path, 'file'), '');
    await using cannot = withState(join(folder.path, 'file/state'));
    await settled(folder.path);
    await eventually('the warning', () => (cannot.stderr().includes('state not saved') ? true : undefined));
    assert.include(cannot.stderr(), `${join(folder.path, 'file/state/host-inspector.state.json')}: not a directory`);
  });

  it('puts its socket back within seconds when somebody deletes it, with the same times', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = serving(folder.path, host.root);
    const before = await settled(folder.path);
    using live = connect(join(folder.path, 'a.sock'));
    await live.checkHealth(peek, 1, DEADLINE);
    const { ino } = lstatSync(join(folder.path, 'a.sock'));
    rmSync(join(folder.path, 'a.sock'));
    await eventually('a new socket', () => (existsSync(join(folder.path, 'a.sock')) ? true : undefined));
    assert.notEqual(lstatSync(join(folder.path, 'a.sock')).ino, ino);
    assert.deepEqual(times((await poll(folder.path, peek)).conditions), times(before.conditions));
    assert.deepEqual(times((await live.checkHealth(peek, 2, DEADLINE)).conditions), times(before.conditions));
    assert.include(program.stderr(), 'a.sock');
  });

  it('of two on one path exactly one keeps answering, and the path never stays empty', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using first = serving(folder.path, host.root);
    const before = await settled(folder.path);
    await using second = serving(folder.path, host.root);
    await eventually('a word about the other server', () => (/yield|took|another/.test(first.stderr() + second.stderr()) ? true : undefined));
    assert.deepEqual(times((await settled(folder.path)).conditions), times(before.conditions));
    first.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    assert.deepEqual(times((await poll(folder.path, peek)).conditions), times(before.conditions));
  });

  it('that yielded to a successor leaves the state file to it, and tells no event that the successor told', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using first = serving(folder.path, host.root);
    await settled(folder.path);
    await saved(folder.path, 'MemoryLow');
    await using second = serving(folder.path, host.root);
    await eventually('the first to yield', () => (first.stderr().includes('leaving it to that one') ? true : undefined));
    assert.deepEqual((await poll(folder.path)).events.map(({ reason }) => reason), ['MemoryLow']);
    await eventually('the told event to leave the file', () => {
      const text = readFileSync(join(folder.path, 'host-inspector.state.json'), 'utf8');
      return text.includes('"events":[]') ? true : undefined;
    });
    second.kill('SIGKILL');
    await second.ended;
    const after = await eventually('the first to serve again', async () => {
      using client = connect(join(folder.path, 'a.sock'));
      return await client.checkHealth({}, 1, DEADLINE).catch(() => undefined);
    }, 30_000);
    assert.deepEqual(after.events, []);
    assert.deepEqual(problems(after), ['MemoryPressureHigh MemoryLow']);
  });

  it('keeps its events for a poller that gave up in the middle of a call', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using program = serving(folder.path, host.root);
    await settled(folder.path);
    program.kill('SIGSTOP');
    {
      using client = connect(join(folder.path, 'a.sock'));
      const gaveUp = await client.checkHealth({}, 1, { timeoutMs: 300 }).catch((error: unknown) => error);
      assert.instanceOf(gaveUp, Error);
    }
    program.kill('SIGCONT');
    assert.deepEqual((await poll(folder.path)).events.map(({ reason }) => reason), ['MemoryLow']);
  });

  it('stays when the host program says goodbye, or exits if told to', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using stays = serving(folder.path, host.root);
    await settled(folder.path);
    {
      using client = connect(join(folder.path, 'a.sock'));
      await client.stop(DEADLINE);
    }
    await settled(folder.path);
    stays.kill('SIGTERM');
    await stays.ended;
    await using exits = serving(folder.path, host.root, '--on-stop', 'exit');
    await settled(folder.path);
    using client = connect(join(folder.path, 'a.sock'));
    await client.stop(DEADLINE);
    assert.equal((await exits.ended).code, 0);
  });
});

async function saved(folder: string, text: string): Promise<void> {
  const path = join(folder, 'host-inspector.state.json');
  await eventually('the state file', () => (existsSync(path) && readFileSync(path, 'utf8').includes(text) ? true : undefined));
}
