import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition, MonitorStatus } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from './eventually.ts';
import { watchFaults } from './fault-watch.ts';
import { type FaultWorld, PLACES, WORLD_SETTINGS } from './fault-world.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { runToEnd, start } from './program.ts';
import { strangerCa } from './tls-certificates.ts';

/** As the kubelet tells each container. */
const ENV = { KUBERNETES_SERVICE_HOST: PLACES.api, KUBERNETES_SERVICE_PORT: '443', NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] ?? '' };

/** Whom the network-verifier asks. */
const EVERYWHERE = [PLACES.dns, PLACES.otherDns, PLACES.api, PLACES.shop, PLACES.database, PLACES.website, ...PLACES.peers];

const SOCKET = 'npd-network-verifier.sock';

/** Each changes the world while somebody looks, and gives what was to be seen; JSON only. */
export const FAULT_STORIES: Readonly<Record<string, (world: FaultWorld) => Promise<unknown>>> = {
  'a token is rotated': async (world) => {
    using watch = watchFaults(world, 'pod');
    await watch.pass(70_000);
    watch.seen();
    world.api.set({ token: 'second-token' });
    world.tokenIs('second-token');
    await watch.pass(400_000);
    return { seen: notGood(watch.seen()), tokens: tokensOf(world) };
  },
  'a token is rotated late': async (world) => {
    using watch = watchFaults(world, 'pod');
    await watch.pass(70_000);
    world.api.set({ token: 'second-token' });
    await watch.pass(300_000);
    const during = reasonsOf(watch.conditions());
    world.tokenIs('second-token');
    await watch.pass(300_000);
    return { during, after: reasonsOf(watch.conditions()) };
  },
  'the CA of the cluster is replaced': async (world) => {
    using watch = watchFaults(world, 'host');
    await watch.pass(70_000);
    watch.seen();
    await world.api.server.behave({ identity: 'stranger' });
    world.replace('ca.crt', strangerCa);
    await watch.pass(400_000);
    return notGood(watch.seen());
  },
  'resolv.conf is replaced': async (world) => {
    using watch = watchFaults(world, 'host');
    await watch.pass(70_000);
    watch.seen();
    await Promise.all([world.dns, world.otherDns].map(async (server) => await server.behave({ udp: 'closed', tcp: 'closed' })));
    world.nameServersAre(PLACES.newDns);
    const before = world.newDns.asked().length;
    await watch.pass(400_000);
    return { seen: notGood(watch.seen()), isAsked: world.newDns.asked().length > before };
  },
  'a name server that is ill is added': async (world) => {
    using watch = watchFaults(world, 'pod');
    await watch.pass(70_000);
    await world.newDns.behave({ udp: 'SERVFAIL', tcp: 'SERVFAIL' });
    world.nameServersAre(PLACES.dns, PLACES.otherDns, PLACES.newDns);
    await watch.pass(300_000);
    const [told] = watch.conditions();
    const during = reasonsOf(watch.conditions());
    world.nameServersAre(PLACES.dns, PLACES.otherDns);
    await watch.pass(300_000);
    return { during, message: told?.message.replace(/, but .*/, ''), after: reasonsOf(watch.conditions()) };
  },
  'a node that starts in an outage': async (world) => {
    await world.api.server.behave({ status: 500 });
    using watch = watchFaults(world, 'host');
    await watch.pass(30_000);
    const during = reasonsOf(watch.conditions());
    await world.api.server.behave({});
    await watch.pass(60_000);
    return { during, after: reasonsOf(watch.conditions()) };
  },
  'a node is cut off': async (world) => {
    using watch = watchFaults(world, 'pod', { checkTimeout: '400ms', targets: ['tcp://192.0.2.20:5432'] });
    // Peers are looked for a minute before, and cannot be after: their names are not known.
    await watch.pass(90_000);
    for (const address of EVERYWHERE) world.cutOff(address, 'lost');
    watch.lookNow();
    await watch.pass(240_000);
    const [during, outlooks] = [reasonsOf(watch.conditions()), watch.conditions().slice(0, 4).map(({ message }) => new Set(message.match(/(?<=, )(?:and|but) [^,;.]*: likelier [^,;.]*/g)).values().toArray())];
    await world.heal();
    watch.lookNow();
    await watch.pass(120_000);
    return { during, outlooks, after: reasonsOf(watch.conditions()) };
  },
  'attempts take as long as they may': async (world) => {
    using watch = watchFaults(world, 'pod', { checkTimeout: '10s' });
    await watch.pass(200_000);
    for (const address of EVERYWHERE) world.cutOff(address, 'lost');
    watch.lookNow();
    await watch.pass(1_000);
    return watch.late();
  },
  'verify': async (world) => {
    const told: Record<string, unknown> = { 'all is well': await verified(world) };
    for (const what of ['no name server listens', 'the API server answers 401', 'packets to a target are lost', 'no endpoint of a Service is ready']) {
      const { begin, settings = {} } = NETWORK_FAULTS.find((one) => one.what === what) ?? {};
      await begin?.(world);
      told[what] = await verified(world, settings);
      await world.heal();
    }
    rmSync(join(world.account, 'token'));
    return { ...told, 'there is no token': await verified(world) };
  },
  'serve': async (world) => {
    using folder = temporaryFolder();
    await world.api.server.behave({ identity: 'wrong-name' });
    await using program = start(['serve', 'network-verifier', '--socket-dir', folder.path, ...flagsOf(world, folder.file('config.json'))], ENV);
    const socket = folder.file(SOCKET);
    const unproven = await polled(socket, ({ conditions: [dns, api, targets] }) => api?.message.startsWith('not verified yet: ') === true && dns?.status === 'False' && targets?.status === 'False');
    await world.api.server.behave({});
    const well = await polled(socket, isVerified, { peerSample: '4' });
    world.api.set({ token: 'second-token' });
    world.tokenIs('second-token');
    const seenBefore = world.api.server.requests.length;
    const rotated = await polled(socket, (status) => world.api.server.requests.length > seenBefore && isVerified(status), { peerSample: '3' });
    const tokens = tokensOf(world).slice(-1);
    program.kill('SIGTERM');
    return { unproven: reasonsOf(unproven.conditions), why: unproven.conditions[1]?.message, well: reasonsOf(well.conditions), rotated: reasonsOf(rotated.conditions), tokens, code: (await program.ended).code };
  },
};

function reasonsOf(conditions: readonly Pick<Condition, 'status' | 'reason'>[]): readonly string[] {
  return conditions.map(({ status, reason }) => `${status} ${reason}`);
}

/** Of what was seen all but the reasons of good conditions. */
export function notGood(seen: readonly string[]): readonly string[] {
  return seen.filter((text) => !/(?:NetworkVerified True|(?<!NetworkVerified) False) /.test(text));
}

/** What requests to the API server were signed with, each once, in the order in which they came first. */
function tokensOf({ api }: FaultWorld): readonly string[] {
  return [...new Set(api.server.requests.toReversed().map(({ headers }) => headers['authorization'] ?? ''))].toReversed();
}

function flagsOf({ resolvConf }: FaultWorld, config: string, settings: Readonly<Record<string, unknown>> = {}): readonly string[] {
  writeFileSync(config, JSON.stringify({ 'network-verifier': { ...WORLD_SETTINGS, ...settings } }));
  return ['--resolv-conf', resolvConf, '--config', config];
}

async function verified(world: FaultWorld, settings?: Readonly<Record<string, unknown>>): Promise<{ readonly code: number | null; readonly reasons: readonly string[] }> {
  using folder = temporaryFolder();
  const { code, stdout } = await runToEnd(['verify', '--json', '--retries', '0', ...flagsOf(world, folder.file('config.json'), settings)], ENV);
  const { conditions } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { readonly conditions: readonly Condition[] };
  return { code, reasons: reasonsOf(conditions) };
}

function isVerified({ conditions }: MonitorStatus): boolean {
  return conditions.at(-1)?.status === 'True';
}

async function polled(socket: string, when: (status: MonitorStatus) => boolean, parameters: Readonly<Record<string, string>> = {}): Promise<MonitorStatus> {
  return await eventually('the answer', async () => {
    if (!existsSync(socket)) return undefined;
    using client = connect(socket);
    const status = await client.checkHealth(parameters, 1, { timeoutMs: 5_000 }).catch(() => undefined);
    return status !== undefined && when(status) ? status : undefined;
  }, 60_000);
}
