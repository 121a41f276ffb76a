import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DnsServer, dnsServer } from './dns-server.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import { type KubeApi, type KubeService, startKubeApi } from './kube-api.ts';
import { succeed } from './namespaces.ts';
import { testCa } from './tls-certificates.ts';

/** Addresses of the world; each is one of this machine until it is lost. */
export const PLACES = {
  dns: '10.96.0.10', otherDns: '10.96.0.11', newDns: '10.96.0.12', api: '10.96.0.1', shop: '10.96.0.20',
  database: '192.0.2.20', website: '192.0.2.21', secure: '127.0.0.1', peers: ['10.244.1.2', '10.244.2.2', '10.244.3.2'],
} as const;

/** What the network-verifier is told to look at. */
export const WORLD_SETTINGS = {
  services: ['default/kubernetes', 'web/shop'],
  targets: ['tcp://192.0.2.20:5432', 'http://www.example.com:8080/', 'https://127.0.0.1:8443/'],
  peers: 'peers.npd.svc.cluster.local',
  defaultRoute: 'on',
  minMtu: '1400',
} as const;

const DATABASE_PORT = 5_432;
const [WEBSITE_PORT, SECURE_PORT, PEER_PORT] = [8_080, 8_443, 20_282];
const FIRST_TOKEN = 'first-token';

const RECORDS = {
  'kubernetes.default.svc.cluster.local': [PLACES.api],
  'shop.web.svc.cluster.local': [PLACES.shop],
  'peers.npd.svc.cluster.local': PLACES.peers,
  'www.example.com': [PLACES.website],
} as const;

const SERVICES: Readonly<Record<string, KubeService>> = {
  'default/kubernetes': serviceOf(PLACES.api, 443, true),
  'web/shop': serviceOf(PLACES.shop, 80, true),
};

/** Of one port and one endpoint. */
export function serviceOf(address: string, port: number, ready: boolean): KubeService {
  return { spec: { clusterIP: address, clusterIPs: [address], ports: [{ name: 'https', protocol: 'TCP', port, targetPort: 6_443 }] }, endpoints: [{ address: '10.244.9.9', port: 6_443, ready }] };
}

/** A node with all that it talks to, in a network namespace of its own; each part fails as it is told. */
export interface FaultWorld extends AsyncDisposable {
  readonly dns: DnsServer;
  readonly otherDns: DnsServer;
  /** One that no resolv.conf names at first. */
  readonly newDns: DnsServer;
  readonly api: KubeApi;
  /** What the cluster IP of the Service `web/shop` leads to. */
  readonly shop: FaultServer;
  readonly database: FaultServer;
  readonly website: FaultServer;
  readonly secure: FaultServer;
  readonly peers: readonly FaultServer[];
  readonly resolvConf: string;
  /** Folder of the service account. */
  readonly account: string;
  /** What is not given of a name server's records stays as it was. */
  readonly rename: (servers: readonly DnsServer[], records: Readonly<Record<string, readonly string[] | undefined>>) => Promise<void>;
  /** Packets to this address are lost from now on, or the kernel says that there is no way. */
  readonly cutOff: (address: string, how: 'lost' | 'unreachable') => void;
  /** Of the node itself, by ip(8). */
  readonly ip: (words: string) => void;
  /** As those do who write such files: another one is renamed into its place. */
  readonly nameServersAre: (...addresses: readonly string[]) => void;
  readonly tokenIs: (token: string) => void;
  /** A file of the service account. */
  readonly replace: (name: string, text: string) => void;
  /** All is well again. */
  readonly heal: () => Promise<void>;
}

/** Needs a network namespace in which nothing is set up, and root. @param folder for its files @param account folder for those of the service account */
export async function faultWorld(folder: string, account: string): Promise<FaultWorld> {
  const ip = (words: string): void => void succeed('ip', ...words.split(' '));
  setUpNode(ip);
  const [dns, otherDns, newDns] = await Promise.all([PLACES.dns, PLACES.otherDns, PLACES.newDns].map((address) => dnsServer({ records: RECORDS }, { address, port: 53 }))) as [DnsServer, DnsServer, DnsServer];
  const api = await startKubeApi({ token: FIRST_TOKEN, services: SERVICES }, { address: PLACES.api, port: 443 });
  const [shop, database, website, secure, ...peers] = await Promise.all([
    startFaultServer({ address: PLACES.shop, port: 80 }),
    startFaultServer({ address: PLACES.database, port: DATABASE_PORT }),
    startFaultServer({ address: PLACES.website, port: WEBSITE_PORT }),
    startFaultServer({ address: PLACES.secure, port: SECURE_PORT, isTls: true }),
    ...PLACES.peers.map((address) => startFaultServer({ address, port: PEER_PORT })),
  ]);
  mkdirSync(account, { recursive: true });
  const replaceFile = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const resolvConf = join(folder, 'resolv.conf');
  const servers = [shop, database, website, secure, ...peers];
  const gone = new Map<string, string>();
  const undone: string[] = [];
  const world: FaultWorld = {
    dns, otherDns, newDns, api, shop, database, website, secure, peers, resolvConf, account,
    async rename(named, records) {
      const known = Object.entries({ ...RECORDS, ...records }).flatMap(([name, addresses]) => (addresses === undefined ? [] : [[name, addresses] as const]));
      await Promise.all(named.map(async (server) => await server.behave({ records: Object.fromEntries(known) })));
    },
    cutOff(address, how) {
      ip(`route del local ${address}/32 dev lo`);
      if (how === 'unreachable') ip(`route add unreachable ${address}/32`);
      gone.set(address, how);
    },
    ip(words) {
      ip(words);
      undone.push(words);
    },
    nameServersAre: (...addresses) => replaceFile(resolvConf, `search npd.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n${addresses.map((address) => `nameserver ${address}\n`).join('')}`),
    replace: (name, text) => replaceFile(join(account, name), text),
    tokenIs: (token) => world.replace('token', token),
    async heal() {
      for (const [address, how] of gone) {
        if (how === 'unreachable') ip(`route del unreachable ${address}/32`);
        ip(`route add local ${address}/32 dev lo`);
      }
      gone.clear();
      if (undone.splice(0).length > 0) putUplinkRight(ip);
      await Promise.all([...[dns, otherDns, newDns].map((server) => server.behave({ udp: 'answers', tcp: 'answers', records: RECORDS, delayMs: 0 })), ...[api.server, ...servers].map((server) => server.behave({}))]);
      api.set({ token: FIRST_TOKEN, services: SERVICES, readyz: { status: 200, body: 'ok' }, forbidden: [] });
      world.nameServersAre(PLACES.dns, PLACES.otherDns);
      world.tokenIs(FIRST_TOKEN);
      world.replace('ca.crt', testCa);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([dns, otherDns, newDns, api, ...servers].map((one) => one[Symbol.asyncDispose]()));
    },
  };
  await world.heal();
  return world;
}

type Ip = (words: string) => void;

/** All addresses are local by a route and not by an interface, so that none is taken for one of the node itself. What has no such route goes out where nobody is. */
function setUpNode(ip: Ip): void {
  ip('link set lo up');
  ip('link add uplink type veth peer name elsewhere');
  ip('link set elsewhere up');
  ip('link set uplink up');
  ip('address add 198.51.100.2/24 dev uplink');
  ip('neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev uplink nud permanent');
  putUplinkRight(ip);
  for (const address of [PLACES.dns, PLACES.otherDns, PLACES.newDns, PLACES.api, PLACES.shop, PLACES.database, PLACES.website, ...PLACES.peers]) ip(`route add local ${address}/32 dev lo`);
}

function putUplinkRight(ip: Ip): void {
  ip('link set uplink mtu 1500');
  ip('route replace default via 198.51.100.1');
}
