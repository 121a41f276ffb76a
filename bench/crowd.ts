import { setTimeout as sleep } from 'node:timers/promises';

import type { ServedBundle } from '../test/support/bundle.ts';
import { createControlGroup } from '../test/support/control-group.ts';
import { processCrowd } from '../test/support/process-crowd.ts';
import { benchNode } from './node.ts';
import { pollFast, privateMemoryMib } from './process.ts';
import { type Row, atMost, quantile, skipped } from './row.ts';
import { untilVerified } from './verified.ts';

const PROCESS_COUNT = 10_000;
/** DESIGN's limit of the node container. */
const LIMIT_MIB = 64;
const DAY_POLLS = 2_880;
const STARTS = 5;

/** Fewer than a walk takes. */
const POLLS_IN_A_WALK = 500;
const SAMPLE_EVERY_POLLS = 20;
const IDLE_AFTER_MS = 15_000;
const DEADLINE = { timeoutMs: 5_000 };

/** The other budgets, on a node with so many processes. */
export async function amongMany(bundle: string): Promise<readonly Row[]> {
  const among = `among ${PROCESS_COUNT.toLocaleString('en')} processes`;
  if (process.getuid?.() !== 0) return [skipped(among, 'needs root, to make processes in namespaces of their own')];
  const made = createControlGroup({ memoryBytes: LIMIT_MIB * 2 ** 20 });
  if (made.kind === 'unavailable') return [skipped(among, made.why)];
  await using group = made.group;
  await using crowd = await processCrowd(PROCESS_COUNT);
  await using node = await benchNode({ namespace: crowd.enter });
  const starts: number[] = [];
  for (let done = 0; done < STARTS; done++) {
    await using started = await node.serve({ bundle, root: crowd.root });
    starts.push(started.startMs);
  }
  await using served = await node.serve({ bundle, root: crowd.root, enter: group.enter });
  await sleep(IDLE_AFTER_MS);
  const idle = privateMemoryMib(served.pid);
  const samples: number[] = [];
  const tookMs = await pollFast(DAY_POLLS, async (sequence) => {
    await served.client.checkHealth({}, sequence, DEADLINE);
    if (sequence % SAMPLE_EVERY_POLLS === 0) samples.push(privateMemoryMib(served.pid));
  });
  const walkingMs = await pollDuringWalk(served);
  await untilVerified(served.clientOf('network-verifier'));
  return [
    atMost(`start to first answer, median, ${among}`, 'ms', quantile(starts, 0.5), 250, `of ${STARTS}`),
    atMost(`private memory, idle after the first walks, ${among}`, 'MiB', idle, 22),
    atMost(`private memory during 2,880 polls, median, ${among}`, 'MiB', quantile(samples, 0.5), 26, `${Math.min(...samples).toFixed(1)} to ${Math.max(...samples).toFixed(1)}`),
    atMost(`CheckHealth, p50, ${among}`, 'ms', quantile(tookMs, 0.5), 1),
    atMost(`CheckHealth, p99, ${among}`, 'ms', quantile(tookMs, 0.99), 5, `longest ${Math.max(...tookMs).toFixed(1)} ms`),
    atMost(`CheckHealth, p99, while a look walks ${among}`, 'ms', quantile(walkingMs, 0.99), 5, `p50 ${quantile(walkingMs, 0.5).toFixed(1)}, longest ${Math.max(...walkingMs).toFixed(1)} ms; it walks for some seconds every five minutes`),
    atMost(`processes killed inside ${LIMIT_MIB} MiB, ${among}`, 'processes', group.oomKillCount(), 0, `peak ${Math.round(group.peakMemoryBytes() / 2 ** 20)} MiB with children and page cache`),
  ];
}

/** A poll parameter that is new makes all checks look at once. */
async function pollDuringWalk({ client }: ServedBundle): Promise<readonly number[]> {
  const parameters = { diskAvailableMinPercent: '5.0' };
  await client.checkHealth(parameters, 0, DEADLINE);
  return await pollFast(POLLS_IN_A_WALK, (sequence) => client.checkHealth(parameters, sequence, DEADLINE));
}
