import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { dnsServer } from '../test/support/dns-server.ts';
import { startKubeApi } from '../test/support/kube-api.ts';
import { SERVICE_ACCOUNT_FOLDER } from '../test/support/network-world.ts';
import { testCa } from '../test/support/tls-certificates.ts';

/** Puts a command line into a namespace. */
export type Enter = (argv: readonly string[]) => readonly [string, ...string[]];

/** A cluster in this process, on loopback: a name server, an API server and a Service, and how a program is told of it. */
export interface Cluster extends AsyncDisposable {
  readonly flags: readonly string[];
  /** As a Pod has it. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets what `enter` starts find the service account where the kubelet mounts it: in that mount namespace alone. Needs root. */
  readonly mountServiceAccount: (enter: Enter) => void;
  /** For whom it is not mounted. The reader of YAML costs memory that a Pod does not need. */
  readonly kubeconfigFlags: readonly string[];
}

const TOKEN = 'first-token';
/** Of documentation, RFC 5737: nobody connects there. */
const KUBERNETES_IP = '192.0.2.1';

/** $1: folder with token and ca.crt. What lies below /run can be hidden: nobody in there needs it. */
const MOUNT_SCRIPT = `set -e
mount -t tmpfs tmpfs "$(readlink -f /var/run)"
mkdir -p ${SERVICE_ACCOUNT_FOLDER}
cp "$1/token" "$1/ca.crt" ${SERVICE_ACCOUNT_FOLDER}`;

/** All is well in it. The Service that is judged is headless, since no cluster IP but those of this machine leads anywhere here. */
export async function fakeCluster(): Promise<Cluster> {
  await using started = new AsyncDisposableStack();
  const api = started.use(await startKubeApi({ token: TOKEN }));
  const { port, address } = api.server;
  api.set({ services: { 'default/api': { spec: { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'https', port, protocol: 'TCP' }] }, endpoints: [{ address, port, ready: true }] } } });
  const names = started.use(await dnsServer({ records: { 'kubernetes.default.svc.cluster.local': [KUBERNETES_IP], 'api.default.svc.cluster.local': [address] } }));
  const folder = mkdtempSync(join(tmpdir(), 'npd-bench-cluster-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  write('token', TOKEN);
  write('ca.crt', testCa);
  const resolvConf = write('resolv.conf', 'search default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n');
  const config = write('config.json', JSON.stringify({ 'network-verifier': { services: ['default/api'] } }));
  // Every JSON is YAML.
  const kubeconfig = write('kubeconfig', JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server: api.server.url, 'certificate-authority': join(folder, 'ca.crt') } }],
    users: [{ name: 'bench', user: { tokenFile: join(folder, 'token') } }],
  }));
  const stack = started.move();
  return {
    flags: ['--name-server', `${names.address}:${names.port}`, '--resolv-conf', resolvConf, '--config', config],
    env: { KUBERNETES_SERVICE_HOST: address, KUBERNETES_SERVICE_PORT: String(port) },
    mountServiceAccount(enter) {
      const [command, ...args] = enter(['sh', '-c', MOUNT_SCRIPT, 'sh', folder]);
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    },
    kubeconfigFlags: ['--kubeconfig', kubeconfig],
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
