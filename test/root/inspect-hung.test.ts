import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeReport } from '../../plugins/host-inspector/report/model.ts';
import { deadHost, whyNoDeadMount } from '../support/dead-host.ts';
import { decodeKubeowler } from '../support/kubeowler-decoder.ts';

const missing = whyNoDeadMount();
const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const TIMEOUT_MS = 6_000;

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly tookMs: number;
}

async function run([command, ...args]: readonly [string, ...string[]]): Promise<Ran> {
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr, code, tookMs: performance.now() - startedMs };
}

describe(missing === undefined ? 'inspect on a host with dead mounts' : `inspect on a host with dead mounts (skipped: ${missing})`, () => {
  before(function () {
    if (missing !== undefined) this.skip();
  });

  it('tells all else, names them, and ends in time', async () => {
    await using host = await deadHost(2);
    const inspect = (format: string): Promise<Ran> =>
      run(host.enter([process.execPath, MAIN, 'inspect', '--format', format, '--timeout', `${TIMEOUT_MS}ms`, '--host-root', host.root]));
    const { stdout, tookMs } = await inspect('json');
    const report = JSON.parse(stdout) as NodeReport;
    assert.deepEqual(report.filesystems.gaps.value?.map(({ subject, state }) => [subject, state]), host.mountPoints.map((path) => [path, 'error']));
    assert.deepEqual(report.filesystems.mounts.value?.filter(({ size }) => size.state === 'ok').map(({ mountPoint }) => mountPoint), ['/']);
    assert.deepEqual([report.node.name.value, report.node.hostname.value], ['worker-1', 'worker-1']);
    assert.isAbove(report.resources.memoryTotal.value ?? 0, 0);
    // It starts, waits for both, and leaves its children behind.
    assert.isBelow(tookMs, TIMEOUT_MS + 5_000);
    const kubeowler = await inspect('kubeowler');
    assert.deepEqual({ code: kubeowler.code, stderr: kubeowler.stderr }, { code: 0, stderr: '' });
    assert.deepEqual(decodeKubeowler(kubeowler.stdout).node_disks.map((disk) => disk['mount_point']), ['/', ...host.mountPoints]);
  });

  it('tells all else, too, if /etc is the one', async () => {
    await using host = await deadHost(1);
    rmSync(join(host.root, 'etc'), { recursive: true });
    symlinkSync(`.${host.mountPoints[0]}`, join(host.root, 'etc'));
    const { stdout, tookMs } = await run(host.enter([process.execPath, MAIN, 'inspect', '--format', 'json', '--timeout', `${TIMEOUT_MS}ms`, '--host-root', host.root]));
    const { node, resources, stability, certificates } = JSON.parse(stdout) as NodeReport;
    assert.deepEqual([node.name.value, node.hostname.value, node.hostname.state], [null, null, 'error']);
    assert.isAbove(resources.memoryTotal.value ?? 0, 0);
    assert.isAbove(stability.fileHandles.value ?? 0, 0);
    assert.isNotEmpty(certificates.gaps.value ?? certificates.gaps.message);
    assert.isBelow(tookMs, TIMEOUT_MS + 5_000);
  });
});
