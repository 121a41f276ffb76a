import { assert } from 'chai';
import type { HostConfig } from '../../plugins/npd/config.ts';
import { advance, createHostModel, receive } from '../../plugins/npd/host-model.ts';
import { type Reply, sickSpell, simulatedDay, spikes, wobble } from './core/day.ts';

const SEED = 20_260_131;
/** An empty list when the host starts, then one every 5 minutes after the first reply. */
const HEARTBEATS = 1 + 287;
const CONFIG: HostConfig = {
  source: 'day', socketAddress: '/run/day.sock', invokeIntervalMs: 30_000, timeoutMs: 10_000, skipInitialStatus: true,
  retryPolicy: { maxAttempts: 5, backoffMultiplier: 2, initialBackoffMs: 1_000, maxBackoffMs: 300_000 },
  healthCheck: { intervalMs: 30_000, errorThreshold: 3 }, pluginParameters: {}, conditions: [],
};

interface Written {
  readonly changes: readonly number[];
  readonly heartbeatCount: number;
  readonly events: readonly string[];
}

/** What Node Problem Detector writes to the API server when it gets these replies. */
function written(replies: readonly Reply[]): Written {
  const startMs = (replies[0]?.atMs ?? 0) - CONFIG.invokeIntervalMs;
  const endMs = (replies.at(-1)?.atMs ?? 0) + CONFIG.invokeIntervalMs;
  let model = createHostModel([CONFIG], startMs);
  const changes: number[] = [];
  const events: string[] = [];
  let heartbeatCount = 0;
  for (const step of [...replies.map(({ atMs, status }) => () => receive(model, status, atMs)), () => advance(model, endMs)]) {
    const taken = step();
    model = taken.model;
    for (const { atMs, cause } of taken.patches) {
      if (cause === 'change') changes.push(atMs - startMs);
      else heartbeatCount++;
    }
    events.push(...taken.events.map(({ reason }) => reason));
  }
  return { changes, heartbeatCount, events };
}

describe('what Node Problem Detector writes in a day', () => {
  for (const [name, weather] of [['readings that wobble by 9.9 percent and never cross a limit', wobble], ['spikes and failures too short to be told', spikes]] as const) {
    it(`of ${name}: the first reply, then heartbeats only`, async () => {
      const { changes, heartbeatCount, events } = written(await simulatedDay(weather, SEED));
      assert.deepEqual({ changes, heartbeatCount, events }, { changes: [31_000], heartbeatCount: HEARTBEATS, events: [] });
    });
  }

  it('with one long problem: two changes and two events more', async () => {
    const { changes, events } = written(await simulatedDay(sickSpell, SEED));
    assert.strictEqual(changes.length, 3);
    assert.deepEqual(events, ['DiskSlow', 'DiskIsFine']);
  });
});
