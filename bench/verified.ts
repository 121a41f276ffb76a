import { setTimeout as sleep } from 'node:timers/promises';

import type { MonitorClient } from '../plugins/rpc/client.ts';

const POLL_EVERY_MS = 20;
const DEADLINE = { timeoutMs: 5_000 };

/** Asks a network-verifier until the network is verified. Throws with what it says in place of that after `withinMs`. */
export async function untilVerified(client: MonitorClient, withinMs = 10_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (let sequence = 1; ; sequence++) {
    const { conditions } = await client.checkHealth({}, sequence, DEADLINE);
    const { status, reason, message } = conditions.find(({ type }) => type === 'NetworkVerified') ?? { status: 'absent', reason: '', message: '' };
    if (status === 'True') return;
    if (performance.now() > endMs) throw new Error(`NetworkVerified is ${status} after ${withinMs} ms: ${reason}: ${message}`);
    await sleep(POLL_EVERY_MS);
  }
}
