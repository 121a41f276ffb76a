import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { SHELLS, type Said, runScript } from '../support/condition-script.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { hostTree } from '../support/host-tree.ts';
import { type Program, start } from '../support/program.ts';

const SHELL = SHELLS[0] ?? '/bin/sh';

/** `serve host-inspector` on a made-up host, with its status files in `statusDir`. */
function serving(folder: string, root: string, statusDir: string): Program {
  return start(['serve', 'host-inspector', '--socket', join(folder, 'a.sock'), '--host-root', root, '--status-dir', statusDir]);
}

/** As NPD runs it: the script out of the folder. */
function ask(statusDir: string, type: string, ...more: string[]): Said {
  return runScript(SHELL, [join(statusDir, 'host-inspector.status'), type, ...more], { script: join(statusDir, 'npd-plugins-condition.sh') });
}

async function told(statusDir: string, type: string, code: number): Promise<string> {
  return await eventually(`${type}: ${code}`, () => {
    const said = existsSync(join(statusDir, 'npd-plugins-condition.sh')) ? ask(statusDir, type) : undefined;
    return said?.code === code ? said.stdout : undefined;
  });
}

describe('serve --status-dir', () => {
  it('lets the script say what a poll says, and takes no event from whoever polls', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    const dir = folder.file('status');
    await using program = serving(folder.path, host.root, dir);
    const message = await told(dir, 'MemoryPressureHigh', 1);
    assert.match(message, /^MemoryLow: node memory: less than 800Mi available /);
    await told(dir, 'DiskSpaceLow', 0);
    using client = connect(folder.file('a.sock'));
    const { conditions, events } = await client.checkHealth({}, 1, { timeoutMs: 5_000 });
    const codes = conditions.map(({ status }) => ({ False: 0, True: 1, Unknown: 2 })[status]);
    assert.deepEqual(await eventually('the same of all', () => {
      const said = conditions.map(({ type }) => ask(dir, type).code);
      return said.join() === codes.join() ? said : undefined;
    }), codes);
    assert.deepEqual(events.map(({ reason }) => reason), ['MemoryLow']);
    assert.isAbove(program.pid, 0);
  });

  it('is not believed any longer than its age allows after kill -9', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const dir = folder.file('status');
    await using program = serving(folder.path, host.root, dir);
    await told(dir, 'DiskSpaceLow', 0);
    program.kill('SIGKILL');
    await program.ended;
    assert.equal(ask(dir, 'DiskSpaceLow').code, 0);
    const said = await eventually('stale', () => {
      const said = ask(dir, 'DiskSpaceLow', '1');
      return said.code === 0 ? undefined : said;
    });
    assert.deepEqual(said, { code: 2, stdout: `StatusFileStale: ${join(dir, 'host-inspector.status')} is older than 1 s; its monitor has ended, hangs, or cannot write\n` });
  });

  it('leaves nothing to believe after SIGTERM, but the script, which then says so', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const dir = folder.file('status');
    await using program = serving(folder.path, host.root, dir);
    await told(dir, 'DiskSpaceLow', 0);
    program.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
    assert.deepEqual(readdirSync(dir), ['npd-plugins-condition.sh']);
    assert.deepEqual(ask(dir, 'DiskSpaceLow'), { code: 2, stdout: `StatusFileMissing: ${join(dir, 'host-inspector.status')} is not there; its monitor does not run, or runs without --status-dir\n` });
  });

  it('leaves the file to the server that took the socket, also at its own end', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const dir = folder.file('status');
    await using first = serving(folder.path, host.root, dir);
    await told(dir, 'DiskSpaceLow', 0);
    await using second = serving(folder.path, host.root, dir);
    await eventually('the first one yields', () => first.stderr().includes('another server took the socket'));
    await told(dir, 'DiskSpaceLow', 0);
    first.kill('SIGTERM');
    assert.equal((await first.ended).code, 0);
    assert.equal(ask(dir, 'DiskSpaceLow').code, 0);
    assert.isAbove(second.pid, 0);
  });

  it('answers polls as ever where the folder cannot be written, and says once what to do', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    // Nobody can make a file there, root neither.
    await using program = serving(folder.path, host.root, '/sys/kernel');
    const client = await eventually('an answer', async () => {
      using client = connect(folder.file('a.sock'));
      return await client.checkHealth({}, 1, { timeoutMs: 5_000 }).catch(() => undefined);
    });
    assert.isNotEmpty(client.conditions);
    await eventually('both warnings', () => program.stderr().match(/not written; NPD will say Unknown/g)?.length === 2);
    program.kill('SIGTERM');
    const { code, stderr } = await program.ended;
    assert.equal(code, 0);
    const warnings = stderr.split('\n').filter((line) => line.includes('not written')).map((line) => JSON.parse(line) as Record<string, string>);
    // In a container /sys is read-only.
    const told = warnings.map(({ path, problem, remedy }) => ({ path, problem: problem?.replace('read-only file system', 'permission denied'), remedy }));
    assert.deepEqual(told.toSorted((a, b) => String(a.path).localeCompare(String(b.path))), [
      { path: '/sys/kernel/host-inspector.status', problem: '/sys/kernel/host-inspector.status: permission denied', remedy: '/sys/kernel must be a folder in which this user may write, with room on its disk' },
      { path: '/sys/kernel/npd-plugins-condition.sh', problem: '/sys/kernel/npd-plugins-condition.sh: permission denied', remedy: '/sys/kernel must be a folder in which this user may write' },
    ]);
  });

  it('writes no draft that stays behind', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const dir = folder.file('status');
    await using program = serving(folder.path, host.root, dir);
    await told(dir, 'DiskSpaceLow', 0);
    assert.match(readFileSync(join(dir, 'host-inspector.status'), 'utf8'), new RegExp(`^npd-plugins-status 1 \\d{10} ${hostConditions.length}\n`));
    program.kill('SIGTERM');
    await program.ended;
    assert.deepEqual(readdirSync(dir), ['npd-plugins-condition.sh']);
  });
});
