import { assert } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HostTree, hostTree } from '../support/host-tree.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, start } from '../support/program.ts';
import { type QuietNetwork, quietNetwork } from '../support/quiet-network.ts';

const ROOT = join(import.meta.dirname, '../..');

/** `npm start` on a made-up host, with its temporary folder inside of ours. */
function demo({ host, network, folder }: { readonly host: HostTree; readonly network: QuietNetwork; readonly folder: string }, ...flags: string[]): Program {
  return start(['--host-root', host.root, ...network.flags, ...flags], { TMPDIR: folder, NODE_NAME: 'worker-1' });
}

/** The process that serves, by what the demo says of it. */
async function serverOf({ stdout }: Program): Promise<number> {
  return await eventually('the first round', () => {
    const [, pid] = /\(process (\d+)\)/.exec(stdout()) ?? [];
    return pid === undefined ? undefined : Number(pid);
  });
}

async function gone(pid: number): Promise<void> {
  await eventually(`the end of process ${pid}`, () => (existsSync(`/proc/${pid}`) ? undefined : true));
}

describe('npm start', () => {
  it('of a sick host shows what NPD would write, ends with 1 after one round, and leaves nothing behind', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    host.setAvailableKb(100_000);
    await using program = demo({ host, network, folder: folder.path }, '--once');
    const { code, stdout, stderr } = await program.ended;
    assert.deepEqual([code, stderr], [1, '']);
    const [title, heading, , , ...rows] = stdout.split('\n');
    assert.deepEqual([title, heading], ['Name:  worker-1', 'Conditions:']);
    assert.match(rows[0] ?? '', /^ {2}DiskSpaceLow +False .* NodeHasDiskSpace +all judged file systems have space and inodes$/);
    assert.match(stdout, /^ {2}MemoryPressureHigh +True .* MemoryLow +node memory: less than 800Mi available \(\/proc\/meminfo, MemAvailable\)\. Find what grows/m);
    assert.match(stdout, /^Events:\n.*\n.*\n {2}Warning +MemoryLow +\d+s +host-inspector +node memory: less than 800Mi available/m);
    assert.match(stdout, /^ {2}GPUHung and 9 more +False .* NoGPUPresent +no NVIDIA GPU on the PCI bus$/m);
    assert.match(stdout, /^ {2}NetworkVerified +True .* NetworkIsVerified +the network of this node works \(from the host's network\); not judged: .*\(no cluster here\)/m);
    assert.match(stdout, /\nNo NVIDIA GPU here; `npm start -- --host gpu-8x-h100` replays a recorded GPU node\.\n$/);
    await gone(Number(/\(process (\d+)\)/.exec(stdout)?.[1]));
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('ends with 2 if something could not be told, and gives the same as data', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    host.remove('proc/meminfo');
    await using program = demo({ host, network, folder: folder.path }, '--once', '--json');
    const { code, stdout } = await program.ended;
    assert.equal(code, 2);
    const lines = stdout.trimEnd().split('\n');
    const { node, monitor, conditions, wouldWrite } = JSON.parse(lines[0] ?? '') as {
      readonly node: string; readonly monitor: string; readonly conditions: readonly { readonly type: string }[]; readonly wouldWrite: { readonly patches: readonly object[] };
    };
    assert.deepEqual([node, monitor], ['worker-1', 'host-inspector']);
    assert.deepInclude(conditions.find(({ type }) => type === 'MemoryPressureHigh') ?? {}, { status: 'Unknown', reason: 'MemoryPressureUnknown' });
    assert.deepInclude(wouldWrite.patches[0] ?? {}, { cause: 'change' });
    assert.deepEqual(lines.map((line) => (JSON.parse(line) as { readonly monitor: string }).monitor), ['host-inspector', 'gpu-monitor', 'network-verifier']);
  });

  it('through npm is nothing but data on standard output, as help and README tell to call it', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    const args = ['start', '--silent', '--', '--once', '--json', '--host-root', host.root, ...network.flags];
    // Where this runs in a cluster its API server is not to be asked.
    const env = { ...process.env, TMPDIR: folder.path, KUBERNETES_SERVICE_HOST: '' };
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, encoding: 'utf8', env });
    const polls = stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line));
    for (const [index, monitor] of ['host-inspector', 'gpu-monitor', 'network-verifier'].entries()) assert.deepInclude(polls[index], { node: 'worker-1', monitor });
    const told = args.slice(0, 5).join(' ');
    assert.include(readFileSync(join(ROOT, 'README.md'), 'utf8'), `npm ${told}`);
    assert.include(readFileSync(join(ROOT, 'test/golden/cli/help-demo.txt'), 'utf8'), `npm ${told}`);
  });

  it('goes on until Ctrl-C, which ends the plugin too and removes the folder', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    await using program = demo({ host, network, folder: folder.path }, '--interval', '1s');
    const server = await serverOf(program);
    await eventually('a second round', () => (program.stdout().includes('answered, no change: NPD would write nothing.\n') ? true : undefined));
    assert.include(program.stdout(), 'Asking every 1s; Ctrl-C ends.\n');
    // A terminal tells the whole group.
    process.kill(server, 'SIGINT');
    program.kill('SIGINT');
    assert.deepInclude(await program.ended, { code: 0, stderr: '' });
    await gone(server);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('that is killed takes its plugin along within seconds', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    await using program = demo({ host, network, folder: folder.path });
    const server = await serverOf(program);
    program.kill('SIGKILL');
    await gone(server);
    assert.deepEqual(readdirSync(folder.path, { recursive: true }).filter((name) => String(name).endsWith('.sock')), []);
  });

  it('whose plugin is killed says that nobody answers and what NPD would make of it', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    await using program = demo({ host, network, folder: folder.path }, '--interval', '1s');
    process.kill(await serverOf(program), 'SIGKILL');
    const says = /host-inspector: no answer, NPD would keep the last state and go on writing its heartbeat: .*npd-host-inspector\.sock: nobody listens on this socket/;
    await eventually('the complaint', () => (says.test(program.stdout()) ? true : undefined));
  });

  it('whose reader goes away (| head) ends in good order', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    await using program = demo({ host, network, folder: folder.path }, '--interval', '1s', '--json');
    await eventually('the first line', () => (program.stdout().includes('\n') ? true : undefined));
    program.closeStdout();
    assert.deepInclude(await program.ended, { code: 0, stderr: '' });
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('without a temporary folder says which variable names one', async () => {
    using host = hostTree();
    await using network = await quietNetwork();
    await using program = demo({ host, network, folder: '/nonexistent' }, '--once');
    const { code, stdout, stderr } = await program.ended;
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(stderr, /^npd-plugins: no temporary folder for the socket: ENOENT: .*\/nonexistent\/npd-plugins-.*; set TMPDIR to a folder that you may write to\n$/);
  });

  it('with a wrong configuration says so once, in the words of serve, and ends with 64', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using network = await quietNetwork();
    const config = join(folder.path, 'config.json');
    writeFileSync(config, '{"host-inspector": {"memoryAvailableMinPercent": "much"}}');
    await using program = demo({ host, network, folder: folder.path }, '--config', config);
    const stderr = `npd-plugins: ${config}: host-inspector.memoryAvailableMinPercent: expected a decimal number, got "much"\n`;
    assert.deepEqual(await program.ended, { code: 64, stdout: '', stderr });
    assert.deepEqual(readdirSync(folder.path), ['config.json']);
  });
});
