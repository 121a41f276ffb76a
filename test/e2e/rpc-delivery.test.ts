import { once } from 'node:events';
import { join } from 'node:path';

import { assert } from 'chai';

import { silentLogger } from '../../plugins/core/log.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { serve } from '../../plugins/rpc/server.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { monitorForTests } from '../support/rpc-monitor.ts';
import { startProgram, startServer } from '../support/rpc-process.ts';
import { CHECK_HEALTH, openCall, pollRequest, rawClient, statusOf } from '../support/rpc-raw-client.ts';

const SOON = { timeoutMs: 10_000 };

/** Head of the frame, RFC 9113 6.4: four bytes, type 3, no flags. */
const RST_STREAM = Buffer.from([0, 0, 4, 3, 0]);

async function reasonsOf(socketPath: string): Promise<readonly string[]> {
  using client = connect(socketPath);
  const { events } = await client.checkHealth({}, 1, SOON);
  return events.map(({ reason }) => reason);
}

describe('events of a reply', () => {
  it('are gone once the reply was read, also for a client that polls again at once', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = connect(server.socketPath);
    const rounds = [];
    for (let round = 0; round < 20; round++) rounds.push((await client.checkHealth({}, round, SOON)).events.length);
    assert.deepEqual(rounds, [1, ...Array<number>(19).fill(0)]);
    assert.strictEqual(monitor.deliveries(), 1, 'only a reply with events has to be accounted for');
  });

  it('stay when the client cancels before it read the reply', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    await once(client.session, 'remoteSettings');
    client.deafen();
    const call = openCall(client.session, CHECK_HEALTH);
    call.end(pollRequest());
    await eventually('the server to have answered', () => monitor.polls() === 1);
    call.close(8); // CANCEL, RFC 9113 7
    await once(call, 'close');
    client.hear();
    const after = openCall(client.session, '/npd.external.v1.ExternalMonitor/GetMetadata');
    after.end(Buffer.alloc(5));
    assert.strictEqual(await statusOf(after), 0);
    assert.strictEqual(monitor.deliveries(), 0);
    assert.deepEqual(await reasonsOf(server.socketPath), ['KernelTainted']);
  });

  it('stay when request and cancellation arrive together', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    await once(client.session, 'remoteSettings');
    client.holdBack();
    const call = openCall(client.session, CHECK_HEALTH);
    call.write(pollRequest({ 'kept as is': '' }));
    await eventually('the request to be written', () => client.held().includes('kept as is'));
    call.close(8);
    await eventually('the cancellation to be written', () => client.held().includes(RST_STREAM));
    client.send();
    assert.deepEqual(await reasonsOf(server.socketPath), ['KernelTainted']);
    assert.strictEqual(monitor.deliveries(), 1, 'only the honest poll counts');
  });

  it('stay when the client reads the reply only after its deadline', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    await once(client.session, 'remoteSettings');
    client.deafen();
    const call = openCall(client.session, CHECK_HEALTH, { 'grpc-timeout': '100m' });
    call.end(pollRequest());
    using bystander = connect(server.socketPath);
    await eventually('the server to have answered', () => monitor.polls() === 1);
    const startMs = performance.now();
    await eventually('the deadline to pass', () => performance.now() - startMs > 150);
    client.hear();
    assert.strictEqual(await statusOf(call), 4, 'DEADLINE_EXCEEDED');
    assert.strictEqual(monitor.deliveries(), 0);
    assert.strictEqual((await bystander.checkHealth({}, 1, SOON)).events.length, 1);
  });

  it('stay when the client is killed in the middle of its call', async () => {
    using folder = temporaryFolder();
    const socketPath = folder.file('a.sock');
    await using server = await startServer(socketPath);
    await using client = startProgram(join(import.meta.dirname, '../support/rpc-deaf-client.ts'), socketPath);
    await client.said('sent');
    await server.said('polled');
    client.kill('SIGKILL');
    await client.ended();
    assert.deepEqual(await reasonsOf(socketPath), ['KernelTainted']);
    await server.said('delivered');
    assert.strictEqual(server.lines.filter(({ message }) => message === 'delivered').length, 1);
  });

  it('go to a client that never acknowledges, with its status, but stay', async () => {
    using folder = temporaryFolder();
    const monitor = monitorForTests();
    await using server = await serve({ monitor, socketPath: folder.file('a.sock'), log: silentLogger });
    using client = await rawClient(server.socketPath);
    await once(client.session, 'remoteSettings');
    client.deafen();
    const call = openCall(client.session, CHECK_HEALTH);
    call.end(pollRequest());
    await eventually('the server to have answered', () => monitor.polls() === 1);
    const startMs = performance.now();
    await eventually('the patience of the server to end', () => performance.now() - startMs > 2_200);
    client.hear();
    assert.strictEqual(await statusOf(call), 0);
    assert.strictEqual(monitor.deliveries(), 0);
  });
});
