import { setTimeout as sleep } from 'node:timers/promises';

import { createControlGroup } from '../test/support/control-group.ts';
import { deadHost } from '../test/support/dead-host.ts';
import { whyNoDeadMount } from '../test/support/dead-mount.ts';
import { hostTree } from '../test/support/host-tree.ts';
import type { ServedBundle } from '../test/support/bundle.ts';
import { benchNode } from './node.ts';
import { pollFast, privateMemoryMib } from './process.ts';
import { type Row, atMost, quantile, skipped } from './row.ts';
import { untilVerified } from './verified.ts';

/** One day at one poll every 30 s. */
export const DAY_POLLS = 2_880;

/** Between two collections V8 fills its heap and empties it again, by 8 MiB: one sample would tell only where it stands in this. */
const SAMPLE_EVERY = 20;

/**
 * The lowest sample of so many polls comes right after a collection: it tells what is really held. The first window is
 * left out, in which caches fill.
 */
const WINDOW_POLLS = 880;

/** Less than a leak of 300 bytes per poll would come to. */
export const NO_GROWTH_MIB = 0.5;

/** The network-verifier has looked by then. */
const IDLE_AFTER_MS = 8_000;

/** Each is a handful of connections, which the kernel remembers for a minute. */
const NETWORK_LOOKS = 300;
const DEADLINE = { timeoutMs: 5_000 };

/** DESIGN's limit of the GPU container, the tighter of the two. */
const LIMIT_MIB = 50;
const DEAD_MOUNT_COUNT = 4;

/** Private memory of the node container's program idle and during a day of polls run fast, with and without a look before each. */
export async function privateMemory(bundle: string): Promise<readonly Row[]> {
  using host = hostTree();
  await using node = await benchNode();
  await using served = await node.serve({ bundle, root: host.root });
  await sleep(IDLE_AFTER_MS);
  const idle = privateMemoryMib(served.pid);
  const day = await sampled(served, DAY_POLLS, (sequence) => served.client.checkHealth({}, sequence, DEADLINE));
  const looked = await sampled(served, DAY_POLLS, (sequence) => pollWithLook(served, sequence));
  const asked = await sampledNetworkLooks(served);
  return [
    atMost('private memory, idle after start', 'MiB', idle, 22, node.proviso),
    atMost('private memory during 2,880 polls, median', 'MiB', quantile(day, 0.5), 26, range(day)),
    atMost('private memory held, growth over the last 2,000 of them', 'MiB', growthOf(day), NO_GROWTH_MIB),
    atMost('private memory during 2,880 more polls with a look before each, median', 'MiB', quantile(looked, 0.5), 26, range(looked)),
    atMost(`private memory during ${NETWORK_LOOKS} looks at the network, median`, 'MiB', quantile(asked, 0.5), 26, range(asked)),
  ];
}

/** Polls fast; gives the private memory in MiB at every `SAMPLE_EVERY`th poll. */
export async function sampled({ pid }: ServedBundle, count: number, poll: (sequence: number) => Promise<unknown>): Promise<readonly number[]> {
  const samples: number[] = [];
  await pollFast(count, async (sequence) => {
    await poll(sequence);
    if (sequence % SAMPLE_EVERY === 0) samples.push(privateMemoryMib(pid));
  });
  return samples;
}

/** How far what a day holds has grown since its first window, in MiB. */
export function growthOf(day: readonly number[]): number {
  const window = WINDOW_POLLS / SAMPLE_EVERY;
  return Math.min(...day.slice(-window)) - Math.min(...day.slice(window, 2 * window));
}

export function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
}

/** A poll parameter that changes, here between two forms of one number, makes all checks look at once. */
async function pollWithLook({ client }: ServedBundle, sequence: number): Promise<void> {
  await client.checkHealth({ diskAvailableMinPercent: sequence % 2 === 0 ? '5' : '5.0' }, sequence, DEADLINE);
  await sleep(4);
}

/** The same for the network-verifier, whose looks take some milliseconds. */
async function sampledNetworkLooks({ clientOf, pid }: ServedBundle): Promise<readonly number[]> {
  const client = clientOf('network-verifier');
  await untilVerified(client);
  const samples: number[] = [];
  for (let sequence = 1; sequence <= NETWORK_LOOKS; sequence++) {
    await client.checkHealth({ checkTimeout: sequence % 2 === 0 ? '3s' : '3000ms' }, sequence, DEADLINE);
    await sleep(50);
    samples.push(privateMemoryMib(pid));
  }
  return samples;
}

/** Does the program survive a day of polls inside its memory limit while file systems do not answer? */
export async function insideLimit(bundle: string): Promise<Row> {
  const name = `processes killed inside ${LIMIT_MIB} MiB, with ${DEAD_MOUNT_COUNT} dead mounts, through 2,880 polls`;
  const why = whyNoDeadMount();
  if (why !== undefined) return skipped(name, why);
  const made = createControlGroup({ memoryBytes: LIMIT_MIB * 2 ** 20 });
  if (made.kind === 'unavailable') return skipped(name, made.why);
  await using group = made.group;
  await using host = await deadHost(DEAD_MOUNT_COUNT);
  await using node = await benchNode({ namespace: host.enter });
  await using served = await node.serve({ bundle, root: host.root, enter: group.enter });
  const tookMs = await pollFast(DAY_POLLS, async (sequence) => {
    await served.client.checkHealth({}, sequence, DEADLINE);
    await sleep(2);
  });
  const { conditions } = await served.client.checkHealth({}, DAY_POLLS, DEADLINE);
  const stuck = conditions.find(({ type }) => type === 'DiskSpaceLow')?.message ?? '';
  const note = `peak ${Math.round(group.peakMemoryBytes() / 2 ** 20)} MiB with children and page cache, p99 ${quantile(tookMs, 0.99).toFixed(1)} ms; ${stuck}`;
  return atMost(name, 'processes', group.oomKillCount(), 0, note);
}
