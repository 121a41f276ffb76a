import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { start } from '../support/program.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const NOTE = 'recording of firecracker-vm-6.18 (sick-node): a containerd node on which every disk is full, all memory is in use and all tasks wait for it';

describe('a recorded host', () => {
  it('is shown by npm start -- --host from whatever folder it is started, told at once, and leaves nothing behind', () => {
    using folder = temporaryFolder();
    const env = { PATH: process.env['PATH'], TMPDIR: folder.path, NODE_NAME: 'this-machine' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--host', 'sick-node', '--once'], { cwd: '/', env, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [1, '']);
    const [name, note, heading, , , ...rows] = stdout.split('\n');
    assert.deepEqual([name, note, heading], ['Name:  worker-1', NOTE, 'Conditions:']);
    assert.match(rows.find((row) => row.startsWith('  MemoryPressureHigh')) ?? '', /^ {2}MemoryPressureHigh +True .* MemoryStalled +node memory: all tasks were stalled/);
    assert.match(stdout, /^ {2}Warning +OOMKilling +\d+s +host-inspector +1 process was killed/m);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('with GPUs is told by both monitors, and NPD would write the conditions of both', async () => {
    using folder = temporaryFolder();
    await using program = start(['--host', 'gpu-fell-off', '--once', '--rollup', 'accelerated-hardware-ready'], { TMPDIR: folder.path });
    const { code, stdout } = await program.ended;
    assert.equal(code, 1);
    assert.match(stdout, /^ {2}DiskSpaceLow +False /m);
    assert.match(stdout, /^ {2}GPUMissing +True .* GPUFellOffBus +GPU 0000:5d:00\.0 \(GPU-0a0b0c0d-0000-4000-8000-000000000003.*\): has fallen off the bus \(XID 79 in the kernel log\)\. Drain the node/m);
    assert.match(stdout, /^ {2}AcceleratedHardwareReady +False .* GPUFellOffBus +GPUMissing: /m);
    assert.match(stdout, /^ {2}Warning +GPUFellOffBus +\d+s +gpu-monitor +GPU 0000:5d:00\.0/m);
    assert.notInclude(stdout, 'No NVIDIA GPU here');
  });

  it('of a healthy GPU node with its roll-up is no problem, though that is True', async () => {
    using folder = temporaryFolder();
    await using program = start(['--host', 'gpu-8x-h100', '--once', '--rollup', 'accelerated-hardware-ready'], { TMPDIR: folder.path });
    const { code, stdout } = await program.ended;
    assert.match(stdout, /^ {2}AcceleratedHardwareReady +True .* AcceleratedHardwareIsReady /m);
    assert.equal(code, 0);
  });

  it('is told as a recording in every round, also as data', async () => {
    using folder = temporaryFolder();
    await using program = start(['--host', 'sick-node', '--interval', '1s'], { TMPDIR: folder.path });
    await eventually('a second round', () => program.stdout().includes(`  ${NOTE}  host-inspector: answered, no change: NPD would write nothing.\n`));
    program.kill('SIGINT');
    assert.deepInclude(await program.ended, { code: 0, stderr: '' });
    assert.deepEqual(readdirSync(folder.path), []);
    await using asData = start(['--host', 'sick-node', '--once', '--json'], { TMPDIR: folder.path });
    const { stdout } = await asData.ended;
    const polls = stdout.trimEnd().split('\n').map((line): unknown => JSON.parse(line));
    for (const [index, monitor] of ['host-inspector', 'gpu-monitor'].entries()) assert.deepInclude(polls[index], { node: 'worker-1', note: NOTE, monitor });
  });

  it('is served until SIGTERM, says so in the log, and its folder is gone then', async () => {
    using folder = temporaryFolder();
    await using program = start(['serve', 'host-inspector', '--recording', 'sick-node', '--socket-dir', folder.file('sockets')], { TMPDIR: folder.path });
    await eventually('the socket', () => readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).includes('sockets/npd-host-inspector.sock'));
    program.kill('SIGTERM');
    const { code, stderr } = await program.ended;
    assert.equal(code, 0);
    const lines = stderr.trim().split('\n').map((line): unknown => JSON.parse(line));
    assert.isTrue(lines.some((line) => (line as { recording?: string; msg: string }).recording === NOTE));
    assert.deepEqual(readdirSync(folder.path), ['sockets']);
  });
});
