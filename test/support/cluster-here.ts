import { type DnsServer, dnsServer } from './dns-server.ts';
import { startKubeApi } from './kube-api.ts';
import { succeed } from './namespaces.ts';
import { API_SERVER, CLUSTER_TOKEN } from './pod-cluster.ts';

/** What a node reaches of its cluster. */
export interface ClusterHere extends AsyncDisposable {
  readonly nameServer: DnsServer;
}

/**
 * A name server on port 53, and an API server on the cluster IP, both on `lo` of the network namespace that this process is in: one of its
 * own, since the addresses stay until that ends. Needs root.
 *
 * @param nameServer where it listens
 */
export async function clusterHere(nameServer: string): Promise<ClusterHere> {
  const { address, port } = API_SERVER;
  for (const each of [address, nameServer].filter((one) => !one.startsWith('127.'))) succeed('ip', 'address', 'add', `${each}/32`, 'dev', 'lo');
  await using started = new AsyncDisposableStack();
  const dns = started.use(await dnsServer({ records: { 'kubernetes.default.svc.cluster.local': [address] } }, { address: nameServer, port: 53 }));
  const spec = { clusterIP: address, clusterIPs: [address], ports: [{ name: 'https', protocol: 'TCP', port, targetPort: 6_443 }] };
  const services = { 'default/kubernetes': { spec, endpoints: [{ address: '192.0.2.10', port: 6_443, ready: true }] } };
  started.use(await startKubeApi({ token: CLUSTER_TOKEN, services }, API_SERVER));
  const cleanUp = started.move();
  return { nameServer: dns, [Symbol.asyncDispose]: async () => await cleanUp.disposeAsync() };
}
