import { once } from 'node:events';
import { dnsServer } from './dns-server.ts';
import { startKubeApi } from './kube-api.ts';
import { succeed } from './namespaces.ts';
import { API_SERVER, CLUSTER_TOKEN } from './pod-cluster.ts';

// See `joinCluster`: this runs in the network of a Pod, until its standard input ends.
const { address, port } = API_SERVER;
succeed('ip', 'address', 'add', `${address}/32`, 'dev', 'lo');
await using _dns = await dnsServer({ records: { 'kubernetes.default.svc.cluster.local': [address] } }, { port: 53 });
const spec = { clusterIP: address, clusterIPs: [address], ports: [{ name: 'https', protocol: 'TCP', port, targetPort: 6_443 }] };
const services = { 'default/kubernetes': { spec, endpoints: [{ address: '192.0.2.10', port: 6_443, ready: true }] } };
await using _api = await startKubeApi({ token: CLUSTER_TOKEN, services }, API_SERVER);
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
