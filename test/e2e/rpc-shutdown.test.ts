import { once } from 'node:events';
import { existsSync } from 'node:fs';

import { assert } from 'chai';

import { silentLogger } from '../../plugins/core/log.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { keptLog } from '../support/rpc-log.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startServer } from '../support/rpc-process.ts';
import { CHECK_HEALTH, grpcFrame, openCall, pollRequest, rawClient, statusOf } from '../support/rpc-raw-client.ts';

const SOON = { timeoutMs: 10_000 };

describe('a server that is told to end', () => {
  it('answers the call that is under way, takes no new connection and ends with code 0', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using server = await startServer(path, '--grace-ms', '10000');
    using client = await rawClient(path);
    const call = openCall(client.session, CHECK_HEALTH);
    const request = pollRequest();
    call.write(request.subarray(0, 3));
    const status = statusOf(call);
    using bystander = connect(path);
    await bystander.checkHealth({}, 1, SOON);
    server.kill('SIGTERM');
    await eventually('the socket to be gone', () => !existsSync(path));
    call.end(request.subarray(3));
    assert.strictEqual(await status, 0);
    assert.strictEqual(await server.ended(), 0);
  });

  it('does not wait beyond its deadline for a call that never completes', async () => {
    using folder = temporaryFolder();
    const path = folder.file('a.sock');
    await using server = await startServer(path, '--grace-ms', '300');
    using client = await rawClient(path);
    openCall(client.session, CHECK_HEALTH).write(pollRequest().subarray(0, 3));
    using bystander = connect(path);
    await bystander.checkHealth({}, 1, SOON);
    server.kill('SIGTERM');
    assert.strictEqual(await server.ended(), 0);
    assert.isFalse(existsSync(path));
  });

  it('tells those who watch its health, and does not wait for them, for idle clients or for squatters', async () => {
    using folder = temporaryFolder();
    const { log, messages } = keptLog();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log });
    using idle = connect(server.socketPath);
    await idle.checkHealth({}, 1, SOON);
    using squatter = await rawClient(server.socketPath);
    using watcher = await rawClient(server.socketPath);
    const watch = openCall(watcher.session, '/grpc.health.v1.Health/Watch');
    const closed = once(watch, 'close');
    const said: number[] = [];
    watch.on('data', (chunk: Buffer) => said.push(...[chunk[6], chunk[13]].filter((status) => status !== undefined)));
    watch.end(grpcFrame(Buffer.alloc(0)));
    await eventually('the present state', () => said.length === 1);
    const startMs = performance.now();
    await server.close(60_000);
    const tookMs = performance.now() - startMs;
    await closed;
    assert.deepEqual(said, [1, 2], 'SERVING, NOT_SERVING');
    assert.isBelow(tookMs, 30_000, 'its deadline was 60 s');
    assert.deepEqual(messages(), ['serving', 'no longer serving']);
    assert.isDefined(squatter);
  });

  it('may be told twice', async () => {
    using folder = temporaryFolder();
    await using server = await serve({ monitor: monitorForTests(), socketPath: folder.file('a.sock'), log: silentLogger });
    await Promise.all([server.close(5_000), server.close(5_000)]);
    assert.strictEqual(server.state(), 'released');
  });
});

describe('Stop', () => {
  it('is passed on to the monitor and to the process, which may stay', async () => {
    using folder = temporaryFolder();
    let stops = 0;
    const onStop = () => {
      stops += 1;
    };
    const monitor = monitorForTests({ onStop });
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = connect(server.socketPath);
    await client.stop(SOON);
    assert.deepEqual([monitor.stops(), stops], [1, 1]);
    assert.strictEqual((await client.checkHealth({}, 1, SOON)).source, 'test-monitor');
  });

  it('is answered by a process that then ends', async () => {
    using folder = temporaryFolder();
    await using server = await startServer(folder.file('a.sock'), '--on-stop', 'exit');
    using client = connect(folder.file('a.sock'));
    await client.stop(SOON);
    assert.strictEqual(await server.ended(), 0);
    assert.isFalse(existsSync(folder.file('a.sock')));
  });
});
