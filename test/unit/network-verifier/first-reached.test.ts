import { assert } from 'chai';
import { once } from 'node:events';
import * as fc from 'fast-check';
import type { Fault, Outcome } from '../../../plugins/network-verifier/attempt.ts';
import { firstReached } from '../../../plugins/network-verifier/targets/first-reached.ts';

const failed = (fault: Fault): Outcome<string> => ({ kind: 'failed', fault, message: `was ${fault}`, tookMs: 1 });
const local: Outcome<string> = { kind: 'local', message: 'stopped' };

/** Ends only when it is stopped. */
async function hangs(signal: AbortSignal): Promise<Outcome<string>> {
  if (!signal.aborted) await once(signal, 'abort');
  return local;
}

/** Addresses are the faults they end with; `ok`, or `hangs`. */
async function tried(addresses: readonly string[], signal = new AbortController().signal): Promise<{ readonly outcome: Outcome<string>; readonly begun: readonly string[] }> {
  const begun: string[] = [];
  const outcome = await firstReached(addresses, async (address, one) => {
    begun.push(address);
    if (address === 'hangs') return await hangs(one);
    if (address === 'local') return local;
    return address.startsWith('ok') ? { kind: 'ok', tookMs: 1, value: address } : failed(address as Fault);
  }, signal);
  return { outcome, begun };
}

describe('a name of several addresses', () => {
  it('is asked at the first one alone while that can be reached', async () => {
    assert.deepEqual(await tried(['ok', 'refused', 'timeout']), { outcome: { kind: 'ok', tookMs: 1, value: 'ok' }, begun: ['ok'] });
  });

  it('is reached by the next one as soon as one has failed', async () => {
    assert.deepEqual(await tried(['unreachable', 'refused', 'ok', 'timeout']), { outcome: { kind: 'ok', tookMs: 1, value: 'ok' }, begun: ['unreachable', 'refused', 'ok'] });
  });

  it('is reached by the next one where the first does not answer, which is stopped then', async () => {
    assert.deepEqual(await tried(['hangs', 'ok']), { outcome: { kind: 'ok', tookMs: 1, value: 'ok' }, begun: ['hangs', 'ok'] });
  });

  it('is tried at four of them', async () => {
    const { outcome, begun } = await tried(['refused', 'refused', 'refused', 'refused', 'ok']);
    assert.deepEqual([outcome, begun.length], [failed('refused'), 4]);
  });

  it('is tried at both families, so that a node with IPv6 alone comes to its own', async () => {
    const begun: string[] = [];
    const outcome = await firstReached(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '2001:db8::1'], async (address) => {
      begun.push(address);
      return address.includes(':') ? { kind: 'ok', tookMs: 1, value: address } : failed('unreachable');
    }, new AbortController().signal);
    assert.deepEqual([outcome, begun], [{ kind: 'ok', tookMs: 1, value: '2001:db8::1' }, ['192.0.2.1', '2001:db8::1']]);
  });

  it('that fails at all of them tells the failure that came closest, in whatever order they came', async () => {
    const faults: readonly Fault[] = ['silent', 'reset', 'timeout', 'unreachable'];
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray([...faults], { minLength: 1 }), async (addresses) => {
      const [closest = 'unreachable'] = faults.filter((fault) => addresses.includes(fault));
      assert.deepEqual((await tried(addresses)).outcome, failed(closest));
    }));
  });

  it('of which one could not be tried is not known to be unreachable', async () => {
    assert.deepEqual((await tried(['refused', 'local'])).outcome, local);
    assert.deepEqual((await tried(['local', 'ok'])).outcome, { kind: 'ok', tookMs: 1, value: 'ok' });
  });

  it('is given up with the look, and nothing more is begun', async () => {
    const stop = new AbortController();
    const running = tried(['hangs', 'ok'], stop.signal);
    stop.abort();
    assert.deepEqual(await running, { outcome: local, begun: ['hangs'] });
    assert.deepEqual(await tried(['ok'], stop.signal), { outcome: { kind: 'local', message: 'not tried in time' }, begun: [] });
  });
});
