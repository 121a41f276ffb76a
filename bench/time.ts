import { setTimeout as sleep } from 'node:timers/promises';

import { createControlGroup } from '../test/support/control-group.ts';
import { hostTree } from '../test/support/host-tree.ts';
import { processCrowd } from '../test/support/process-crowd.ts';
import { type Cluster, type Enter, fakeCluster } from './cluster.ts';
import { type BenchNode, benchNode } from './node.ts';
import { cpuMs, pollFast } from './process.ts';
import { type Row, atMost, quantile, skipped } from './row.ts';
import { untilVerified } from './verified.ts';

const STARTS = 10;
const THROTTLED_STARTS = 3;
const THROTTLED_MILLICORES = 50;
const DEADLINE = { timeoutMs: 5_000 };
const VERIFIED_WITHIN_MS = 60_000;
const WARM_UP_POLLS = 200;
const MEASURED_POLLS = 2_000;

/** The start belongs to itself, and so does V8's tidying up after it, which takes as long as half a minute. */
const SETTLE_MS = 40_000;
const POLL_EVERY_MS = 30_000;

/** From the start of the process to the first answer to CheckHealth. */
export async function startTime(bundle: string): Promise<Row> {
  const starts = await startsOf(bundle, STARTS);
  return atMost('start to first answer, median', 'ms', quantile(starts, 0.5), 250, `of ${STARTS}, ${spread(starts)}`);
}

export async function throttledStartTime(bundle: string): Promise<Row> {
  const name = `start to first answer at ${THROTTLED_MILLICORES}m CPU, median`;
  const made = createControlGroup({ cpuMillicores: THROTTLED_MILLICORES });
  if (made.kind === 'unavailable') return skipped(name, made.why);
  await using group = made.group;
  const starts = await startsOf(bundle, THROTTLED_STARTS, group.enter);
  return atMost(name, 'ms', quantile(starts, 0.5), 5_000, `of ${THROTTLED_STARTS}, ${spread(starts)}`);
}

async function startsOf(bundle: string, count: number, enter?: Enter): Promise<readonly number[]> {
  using host = hostTree();
  await using node = await benchNode();
  const starts: number[] = [];
  for (let done = 0; done < count; done++) {
    await using served = await node.serve({ bundle, root: host.root, ...(enter && { enter }) });
    starts.push(served.startMs);
  }
  return starts;
}

function spread(values: readonly number[]): string {
  return `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`;
}

/** From the start of the process to the reply that says that the network is verified: its checks do not all ask at once. */
export async function verifiedTime(bundle: string): Promise<Row> {
  using host = hostTree();
  await using node = await benchNode();
  const times: number[] = [];
  for (let done = 0; done < STARTS; done++) times.push(await verifiedAfterMs(bundle, host.root, node));
  return atMost('start to NetworkVerified=True, longest', 'ms', Math.max(...times), 5_000, `of ${STARTS}, ${spread(times)}`);
}

async function verifiedAfterMs(bundle: string, root: string, node: BenchNode): Promise<number> {
  await using served = await node.serve({ bundle, root, first: 'network-verifier' });
  const answeredMs = performance.now();
  await untilVerified(served.client, VERIFIED_WITHIN_MS);
  return served.startMs + performance.now() - answeredMs;
}

/** How long CheckHealth takes as the client sees it. */
export async function answerTime(bundle: string): Promise<readonly Row[]> {
  using host = hostTree();
  await using node = await benchNode();
  await using served = await node.serve({ bundle, root: host.root });
  const ask = (sequence: number): Promise<unknown> => served.client.checkHealth({}, sequence, DEADLINE);
  await pollFast(WARM_UP_POLLS, ask);
  const tookMs = await pollFast(MEASURED_POLLS, ask);
  const note = `of ${MEASURED_POLLS}, seen by the client`;
  return [
    atMost('CheckHealth, p50', 'ms', quantile(tookMs, 0.5), 1, note),
    atMost('CheckHealth, p99', 'ms', quantile(tookMs, 0.99), 5, note),
  ];
}

/** The nodes that the budget names, by their number of processes, and the millicores that each may cost. */
const CROWDS = [[100, 2], [1_000, 3], [10_000, 8]] as const;

/** CPU of host-inspector and network-verifier in one process, and its children, on nodes with few and many processes, side by side: each is counted for itself. */
export async function steadyCpu(bundle: string, windowMs: number): Promise<readonly Row[]> {
  if (process.getuid?.() !== 0) return [skipped('steady CPU of the node container', 'needs root, to make processes in namespaces of their own')];
  await using cluster = await fakeCluster();
  return await Promise.all(CROWDS.map(([count, budget]) => steadyCpuAmong(count, budget, { bundle, windowMs, cluster })));
}

async function steadyCpuAmong(count: number, budget: number, { bundle, windowMs, cluster }: { readonly bundle: string; readonly windowMs: number; readonly cluster: Cluster }): Promise<Row> {
  await using crowd = await processCrowd(count);
  await using node = await benchNode({ namespace: crowd.enter, cluster });
  await using served = await node.serve({ bundle, root: crowd.root });
  const verifier = served.clientOf('network-verifier');
  await sleep(SETTLE_MS);
  await untilVerified(verifier);
  const [startMs, startCpuMs] = [performance.now(), cpuMs(served.pid)];
  for (let sequence = 1; performance.now() - startMs < windowMs; sequence++) {
    await Promise.all([served.client, verifier].map((client) => client.checkHealth({}, sequence, DEADLINE)));
    await sleep(Math.max(0, Math.min(sequence * POLL_EVERY_MS, windowMs) - (performance.now() - startMs)));
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const millicores = (cpuMs(served.pid) - startCpuMs) / seconds;
  const name = `steady CPU of the node container, children included, with ${count.toLocaleString('en')} processes`;
  return atMost(name, 'millicores', millicores, budget, `over ${Math.round(seconds)} s, one poll of each monitor every 30 s`);
}
