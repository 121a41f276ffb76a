import { assert } from 'chai';
import type { Endpoint } from '../../../../plugins/network-verifier/attempt.ts';
import { connectTcp } from '../../../../plugins/network-verifier/attempts/tcp.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Behaviour, startFaultServer } from '../../../support/fault-server.ts';
import { startFullListener } from '../../../support/full-listener.ts';
import { limits, told } from '../../../support/outcome-text.ts';

const table: readonly { name: string; behaviour: Behaviour; want: string }[] = [
  { name: 'who accepts and waits for a word is reached', behaviour: { deed: 'hang' }, want: 'ok' },
  { name: 'who accepts and stays silent is reached', behaviour: { deed: 'silent' }, want: 'ok' },
  { name: 'who speaks first and goes is reached', behaviour: { deed: 'plain-text' }, want: 'ok' },
  { name: 'nobody listens there: refused', behaviour: { deed: 'refuse' }, want: 'refused: connection refused' },
  { name: 'who accepts and resets cuts off', behaviour: { deed: 'reset-on-accept' }, want: 'reset: connection cut off at once' },
  { name: 'who accepts and closes without a word cuts off', behaviour: { deed: 'close-on-accept' }, want: 'reset: connection cut off at once' },
];

describe('a TCP connection as an attempt', () => {
  for (const { name, behaviour, want } of table) {
    it(name, async () => {
      await using server = await startFaultServer({ behaviour });
      assert.equal(told(await connectTcp(server, limits())), want);
    });
  }

  it('is made over IPv6, too (skipped where the kernel has none)', async function () {
    await using server = await startFaultServer({ address: '::1' }).catch(() => this.skip());
    assert.equal(told(await connectTcp(server, limits())), 'ok');
  });

  it('is told as soon as it stands: the moment it is watched for does not count as latency', async () => {
    await using server = await startFaultServer({ behaviour: { deed: 'silent' } });
    const startedMs = performance.now();
    const outcome = await connectTcp(server, limits());
    const tookMs = outcome.kind === 'ok' ? outcome.tookMs : Infinity;
    // Timers of libuv are a millisecond early at times.
    assert.isAtLeast(performance.now() - startedMs - tookMs, 98);
  });

  it('stays there without an answer to its first packet until the deadline, and is none', async () => {
    await using listener = await startFullListener();
    const startedMs = performance.now();
    assert.equal(told(await connectTcp(listener, limits(300))), 'timeout: no connection within 0.3 s');
    assert.isBelow(performance.now() - startedMs, 2_000);
  });

  it('is none of ours when the deadline strikes while it is watched: it stands', async () => {
    await using server = await startFaultServer({ behaviour: { deed: 'silent' } });
    // On a busy machine even loopback may take longer.
    await eventually('a connection within 90 ms', async () => told(await connectTcp(server, limits(90))) === 'ok');
  });

  it('is closed at its end', async () => {
    await using server = await startFaultServer({ behaviour: { deed: 'silent' } });
    await connectTcp(server, limits());
    await server.untilIdle();
  });

  it('that is aborted tells nothing of the network, and is closed', async () => {
    await using listener = await startFullListener();
    const aborter = new AbortController();
    const outcome = connectTcp(listener, { timeoutMs: 60_000, signal: aborter.signal });
    aborter.abort();
    assert.equal(told(await outcome), 'local: the attempt was stopped before it ended');
    assert.equal(told(await connectTcp(listener, { timeoutMs: 60_000, signal: aborter.signal })), 'local: the attempt was stopped before it ended');
  });

  const nowhere: readonly { endpoint: Endpoint; want: string }[] = [
    { endpoint: { address: 'localhost', port: 80 }, want: 'local: localhost is no IP address' },
    { endpoint: { address: '', port: 80 }, want: 'local:  is no IP address' },
    { endpoint: { address: '127.0.0.1', port: 0 }, want: 'local: 0 is no port' },
    { endpoint: { address: '127.0.0.1', port: 65_536 }, want: 'local: 65536 is no port' },
  ];
  it('is not tried by name, which libuv would look up, nor at what is no port', async () => {
    for (const { endpoint, want } of nowhere) assert.equal(told(await connectTcp(endpoint, limits())), want);
  });
});
