import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect } from '../../plugins/rpc/client.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, start } from '../support/program.ts';
import { ASKS_NOBODY } from '../support/quiet-network.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** A command as a shell starts it, with redirections. */
function inShell({ root }: HostTree, redirections: string, command = 'check host-inspector'): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const script = `set -o pipefail; "$0" "$1" ${command} --host-root "$2" ${redirections}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN, root], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

function serving(folder: string, { root }: HostTree, env: Readonly<Record<string, string>>): Program {
  return start(['serve', 'host-inspector', '--socket', join(folder, 'a.sock'), '--host-root', root], env);
}

describe('the process', () => {
  it('says which Node.js it needs before an older one meets what it does not know', () => {
    const older = "data:text/javascript,Object.defineProperty(process, 'version', { value: 'v20.20.2' })";
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', older, MAIN, '--version'], { encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [64, '', 'npd-plugins: needs Node.js 24 or later, this is v20.20.2\n']);
  });

  it('tells the truth to a reader that went away', () => {
    using host = hostTree();
    host.setAvailableKb(100_000);
    assert.deepEqual(inShell(host, '| true'), { code: 1, stdout: '', stderr: '' });
  });

  it('says that its answer was lost on a full disk', () => {
    using host = hostTree();
    const stderr = 'npd-plugins: standard output cannot be written: ENOSPC: no space left on device, write\n';
    assert.deepEqual(inShell(host, '> /dev/full'), { code: 70, stdout: '', stderr });
  });

  it('that demonstrates says so once', () => {
    using host = hostTree();
    const { code, stderr } = inShell(host, '> /dev/full', `demo --once --json ${ASKS_NOBODY.join(' ')}`);
    assert.deepEqual([code, stderr], [70, 'npd-plugins: standard output cannot be written: ENOSPC: no space left on device, write\n']);
  });

  it('needs neither standard input nor standard error', () => {
    using host = hostTree();
    const { code, stdout } = inShell(host, '<&- 2>&-');
    assert.equal(code, 0);
    assert.match(stdout, /^Name: {2}worker-1\nConditions:\n {2}Type +Status +Reason +Message\n/);
  });

  it('that serves logs as LOG_FORMAT and LOG_LEVEL say, and nothing on standard output', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = serving(folder.path, host, { LOG_FORMAT: 'console', LOG_LEVEL: 'info' });
    await eventually('a line for people', () => (/^\[\d\d:\d\d:\d\d\] INFO: serving$/m.test(program.stderr()) ? true : undefined));
    program.kill('SIGTERM');
    assert.deepInclude(await program.ended, { code: 0, stdout: '' });
    await using quiet = serving(folder.path, host, { LOG_LEVEL: 'warn' });
    await eventually('its socket', () => (spawnSync('test', ['-S', join(folder.path, 'a.sock')]).status === 0 ? true : undefined));
    quiet.kill('SIGTERM');
    assert.deepEqual(await quiet.ended, { code: 0, stdout: '', stderr: '' });
  });

  it('that serves until its standard input ends does so also where that is /dev/null', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = start(['serve', 'host-inspector', '--socket', join(folder.path, 'a.sock'), '--host-root', host.root, '--until-stdin-ends']);
    const { code, stderr } = await program.ended;
    assert.equal(code, 0);
    assert.include(stderr, '"cause":"Error: standard input ended"');
  });

  it('that serves outlives the reader of its log', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = serving(folder.path, host, { LOG_LEVEL: 'debug' });
    await eventually('its log', () => (program.stderr().includes('"serving"') ? true : undefined));
    program.closeStderr();
    using client = connect(join(folder.path, 'a.sock'));
    const options = { timeoutMs: 5_000 };
    await client.checkHealth({ memoryStalledMaxPercent: 'much' }, 1, options);
    const isKnown = async () => (await client.checkHealth({}, 2, options)).conditions.every(({ status }) => status === 'False');
    await eventually('an answer', async () => ((await isKnown()) ? true : undefined));
    program.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
  });
});
