import { createInterface } from 'node:readline';
import type { Condition } from '../../plugins/core/status.ts';
import { SERVICE_ACCOUNT_FOLDER } from '../../plugins/kube/in-cluster.ts';
import { temporaryFolder } from './eventually.ts';
import type { Asked, Seen } from './fault-lab.ts';
import { FAULT_STORIES } from './fault-stories.ts';
import { watchFaults } from './fault-watch.ts';
import { type FaultWorld, faultWorld } from './fault-world.ts';
import type { NetworkFault } from './network-fault.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { NETWORK_HARMLESS } from './network-harmless.ts';

// Runs in namespaces of its own, see fault-lab.ts: each line of its input is a question, each line of its output the answer.

/** By then the finding is told, and what cannot be told is Unknown. */
const LASTS_MS = 240_000;

/** The second good look comes a minute after the first. */
const RECOVERS_MS = 120_000;

async function lasting(world: FaultWorld, { begin, settings, lastsMs = LASTS_MS }: Pick<NetworkFault, 'begin' | 'settings' | 'lastsMs'>, scope: Extract<Asked, { readonly what: string }>['scope']): Promise<Seen> {
  using watch = watchFaults(world, scope, settings);
  const isWell = (conditions: readonly Condition[]): boolean => conditions.every(({ type, status }) => status === (type.endsWith('Verified') ? 'True' : 'False'));
  await watch.pass(RECOVERS_MS, isWell);
  const before = watch.conditions();
  watch.seen();
  await begin(world);
  watch.lookNow();
  await watch.pass(lastsMs);
  const [during, seen] = [watch.conditions(), watch.seen()];
  await world.heal();
  watch.lookNow();
  await watch.pass(RECOVERS_MS, isWell);
  return { before, during, seen, after: watch.conditions(), late: watch.late() };
}

async function answer(world: FaultWorld, asked: Asked): Promise<unknown> {
  if ('story' in asked) {
    try {
      return await FAULT_STORIES[asked.story]?.(world);
    } finally {
      await world.heal();
    }
  }
  const fault = [...NETWORK_FAULTS, ...NETWORK_HARMLESS].find(({ what }) => what === asked.what);
  return fault && await lasting(world, fault, asked.scope);
}

using folder = temporaryFolder();
await using world = await faultWorld(folder.path, SERVICE_ACCOUNT_FOLDER);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const found = await answer(world, JSON.parse(line) as Asked).then((value) => ({ value }), (cause: unknown) => ({ error: String(cause instanceof Error ? cause.stack : cause) }));
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
