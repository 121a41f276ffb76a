import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { PEEK_PARAMETER } from '../../plugins/core/status.ts';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import type { LooksDocument } from '../../plugins/http/looks.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { ask, dial, httpAddressOf } from '../support/http-client.ts';
import { servedOverHttp } from '../support/http-served.ts';
import { hostTree } from '../support/host-tree.ts';
import { runToEnd, start } from '../support/program.ts';

const PLAIN = 'text/plain; charset=utf-8';
const KNOWN = 'known are /healthz, /readyz, /metrics, /looks, /report';

/** What `/healthz` or `/readyz` say, as `STATUS text`. */
async function said(address: string, path: string): Promise<string> {
  const { status, text } = await ask(address, path);
  return `${status} ${text.trimEnd()}`;
}

async function saysEventually(address: string, path: string, text: string): Promise<void> {
  await eventually(`${path} to say ${text}`, async () => (await said(address, path)) === text);
}

describe('serve --http', () => {
  it('answers whether it lives and whether it is ready, and what it does not know', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const { address } = served;
    const socket = folder.file('a.sock');
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(await ask(address, '/healthz'), { status: 200, contentType: PLAIN, text: `host-inspector: serving on ${socket}\n` });
    assert.deepEqual(await ask(address, '/readyz?verbose'), { status: 200, contentType: PLAIN, text: `host-inspector: answers on ${socket}\n` });
    assert.deepEqual(await ask(address, '/healthz', 'HEAD'), { status: 200, contentType: PLAIN, text: '' });
    assert.deepEqual(await ask(address, '/healthz', 'POST'), { status: 405, contentType: PLAIN, text: 'only GET and HEAD are allowed\n' });
    assert.deepEqual(await ask(address, '/'), { status: 404, contentType: PLAIN, text: `not found; ${KNOWN}\n` });
  });

  it('shows the looks behind the conditions that it tells NPD', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using served = await servedOverHttp(folder.path, host.root);
    using client = connect(folder.file('a.sock'));
    const { conditions } = await client.checkHealth({ [PEEK_PARAMETER]: '' }, 1, { timeoutMs: 5_000 });
    const { monitors } = JSON.parse((await ask(served.address, '/looks')).text) as LooksDocument;
    assert.deepEqual(monitors.map(({ monitor }) => monitor), ['host-inspector']);
    assert.deepEqual(monitors[0]?.conditions, conditions);
    const memory = monitors[0]?.checks.find(({ name }) => name === 'memory-available');
    assert.deepEqual(memory?.verdicts, [
      { kind: 'problem', reason: 'MemoryLow', subject: 'node memory', message: 'node memory: less than 800Mi available (/proc/meminfo, MemAvailable)', isUrgent: true },
    ]);
    assert.deepEqual(memory?.readings[0], { name: 'memory_available', value: 102_400_000, unit: 'bytes', source: '/proc/meminfo' });
  });

  it('counts in /metrics what was polled, and lists every reason of the table', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    host.setAvailableKb(100_000);
    await using served = await servedOverHttp(folder.path, host.root);
    using client = connect(folder.file('a.sock'));
    await client.checkHealth({}, 1, { timeoutMs: 5_000 });
    const { status, contentType, text } = await ask(served.address, '/metrics');
    assert.deepEqual({ status, contentType }, { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8' });
    const lines = text.split('\n');
    assert.includeMembers(lines, [
      'npd_plugins_polls_total{monitor="host-inspector",kind="poll"} 1',
      'npd_plugins_events_sent_total{monitor="host-inspector"} 1',
      'npd_plugins_condition_status{monitor="host-inspector",condition="MemoryPressureHigh",status="True"} 1',
      'npd_plugins_condition_reason_raised{monitor="host-inspector",condition="MemoryPressureHigh",reason="MemoryLow"} 1',
    ]);
    const raised = lines.flatMap((line) => /^npd_plugins_condition_reason_raised\{.*condition="(\w+)",reason="(\w+)"\}/.exec(line)?.slice(1).join(' ') ?? []);
    assert.deepEqual(raised, hostConditions.flatMap(({ type, reasons }) => reasons.map(({ reason }) => `${type} ${reason}`)));
    const [privateBytes] = lines.flatMap((line) => /^npd_plugins_process_private_memory_bytes (\d+)$/.exec(line)?.slice(1).map(Number) ?? []);
    assert.isAbove(privateBytes ?? 0, 1_000_000);
  });

  const whyNoPromtool = spawnSync('promtool', ['--version']).error === undefined ? undefined : 'no promtool in PATH, see .ci/run';
  it(`has metrics that promtool finds nothing wrong with${whyNoPromtool === undefined ? '' : ` (skipped: ${whyNoPromtool})`}`, async function () {
    if (whyNoPromtool !== undefined) this.skip();
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const { text } = await ask(served.address, '/metrics');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', timeout: 15_000 });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });

  it('stays green where nothing can be told of disks and memory', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    for (const path of ['proc', 'sys']) host.remove(path);
    mkdirSync(join(host.root, 'proc'));
    host.write('proc/1/mountinfo', 'garbage');
    host.write('proc/meminfo', 'garbage');
    host.write('proc/vmstat', 'garbage');
    await using served = await servedOverHttp(folder.path, host.root);
    const { monitors } = JSON.parse((await ask(served.address, '/looks')).text) as LooksDocument;
    const statuses = new Map(monitors[0]?.conditions.map(({ type, status }) => [type, status]));
    assert.deepEqual([statuses.get('DiskSpaceLow'), statuses.get('MemoryPressureHigh')], ['Unknown', 'Unknown']);
    assert.match(await said(served.address, '/healthz'), /^200 /);
    assert.match(await said(served.address, '/readyz'), /^200 /);
  });

  it('is not ready while its socket cannot be taken back, asks for a restart after ten seconds, and is well again by itself', async function () {
    this.timeout(60_000);
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const { address } = served;
    const socket = folder.file('a.sock');
    rmSync(socket);
    mkdirSync(socket);
    await saysEventually(address, '/healthz', `200 host-inspector: ${socket} is lost; taking it back`);
    assert.equal(await said(address, '/readyz'), `503 host-inspector: ${socket}: is not a socket; another path is meant, or it was made in its place`);
    assert.include((await ask(address, '/metrics')).text, 'npd_plugins_socket_held{monitor="host-inspector"} 0\n');
    await saysEventually(
      address, '/healthz', `503 host-inspector: ${socket} has not been ours for more than 10 s and cannot be taken back; its folder must be there and writable`,
    );
    rmdirSync(socket);
    await saysEventually(address, '/healthz', `200 host-inspector: serving on ${socket}`);
    assert.equal(await said(address, '/readyz'), `200 host-inspector: answers on ${socket}`);
  });

  it('that yielded its socket to another server lives but is not ready, and is both when the other has gone', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const socket = folder.file('a.sock');
    await using first = await servedOverHttp(folder.path, host.root);
    await using second = await servedOverHttp(folder.path, host.root);
    assert.equal(await said(first.address, '/readyz'), `503 host-inspector: another server, "host-inspector", answers on ${socket}`);
    assert.equal(await said(second.address, '/readyz'), `200 host-inspector: answers on ${socket}`);
    await saysEventually(first.address, '/healthz', `200 host-inspector: another server answers on ${socket}; it is left to that one`);
    second.program.kill('SIGKILL');
    await second.program.ended;
    await saysEventually(first.address, '/readyz', `200 host-inspector: answers on ${socket}`);
    assert.equal(await said(first.address, '/healthz'), `200 host-inspector: serving on ${socket}`);
  });

  it('ends in good order with clients that hang on it', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using served = await servedOverHttp(folder.path, host.root);
    const silent = dial(served.address);
    const slow = dial(served.address);
    slow.write('GET /met');
    await eventually('both to be connected', () => !silent.connecting && !slow.connecting);
    served.program.kill('SIGTERM');
    assert.equal((await served.program.ended).code, 0);
    silent.destroy();
    slow.destroy();
  });
});

describe('the address of --http', () => {
  it('in use is refused before any socket is served, with what to do', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using taken = new AsyncDisposableStack();
    const server = createServer().listen(0, '127.0.0.1');
    taken.defer(() => void server.close());
    const port = await eventually('a port', () => {
      const bound = server.address();
      return bound !== null && typeof bound === 'object' ? bound.port : undefined;
    });
    const { code, stderr } = await runToEnd(['serve', 'host-inspector', '--socket', folder.file('a.sock'), '--host-root', host.root, '--http', String(port)]);
    assert.deepEqual({ code, stderr, isServed: existsSync(folder.file('a.sock')) }, {
      code: 64,
      stderr: `npd-plugins: --http: cannot listen on http://127.0.0.1:${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}; another program has this port (\`ss -ltnp\` shows which); choose another one, or end it\n`,
      isServed: false,
    });
  });

  for (const [given, what] of [
    ['198.51.100.7:20281', 'cannot listen on http://198.51.100.7:20281: listen EADDRNOTAVAIL: address not available 198.51.100.7:20281; this node has no such address; `ip address` lists those it has'],
    ['node-1:80', 'expected PORT (on 127.0.0.1), IPv4:PORT, localhost:PORT, [IPv6]:PORT or unix:PATH, got "node-1:80"'],
    ['70000', 'expected a port from 0 to 65535, got "70000"'],
    ['unix:/nowhere/a.http', 'cannot listen on unix:/nowhere/a.http: listen EACCES: permission denied /nowhere/a.http; its folder must be there, and writable for this user'],
  ] as const) {
    it(`that cannot be listened on is refused: ${given}`, async () => {
      using folder = temporaryFolder();
      using host = hostTree();
      const { code, stderr } = await runToEnd(['serve', 'host-inspector', '--socket', folder.file('a.sock'), '--host-root', host.root, '--http', given]);
      assert.deepEqual({ code, stderr }, { code: 64, stderr: `npd-plugins: --http: ${what}\n` });
    });
  }

  it('may be a Unix socket, for its owner alone, which is gone at the end', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const path = folder.file('a.http');
    await using served = await servedOverHttp(folder.path, host.root, `unix:${path}`);
    assert.equal(served.address, `unix:${path}`);
    assert.equal(lstatSync(path).mode & 0o777, 0o600);
    assert.equal(lstatSync(folder.file('a.sock')).mode & 0o777, 0o660);
    served.program.kill('SIGTERM');
    await served.program.ended;
    assert.isFalse(existsSync(path));
  });

  it('may be the Unix socket of a killed predecessor, but not of a live one, nor another file', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const path = folder.file('a.http');
    await using first = await servedOverHttp(folder.path, host.root, `unix:${path}`);
    const again = ['serve', 'host-inspector', '--socket', folder.file('b.sock'), '--host-root', host.root, '--http', `unix:${path}`];
    const live = await runToEnd(again);
    assert.deepEqual(live, { code: 64, stdout: '', stderr: `npd-plugins: --http: another program answers on ${path}; end it or choose another path\n` });
    first.program.kill('SIGKILL');
    await first.program.ended;
    {
      await using second = start(again);
      assert.match((await ask(await httpAddressOf(second), '/healthz')).text, /\n$/);
    }
    rmSync(path);
    writeFileSync(path, 'mine');
    assert.deepEqual(await runToEnd(again), { code: 64, stdout: '', stderr: `npd-plugins: --http: ${path} is not a socket; remove it or choose another path\n` });
  });
});
