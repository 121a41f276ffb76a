import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What kubelet writes into a Pod, and what the API server of `joinCluster` accepts. */
export const CLUSTER_TOKEN = 'token-of-this-pod';

/** The cluster IP of the Service `kubernetes`, which the server's certificate names, too. */
export const API_SERVER = { address: '10.96.0.1', port: 443 };

/** How kubelet tells each container of it. */
export const CLUSTER_ENV: Readonly<Record<string, string>> = { KUBERNETES_SERVICE_HOST: API_SERVER.address, KUBERNETES_SERVICE_PORT: String(API_SERVER.port) };

const MAIN = join(import.meta.dirname, 'pod-cluster-main.ts');

/**
 * Brings what a node reaches of its cluster into the network of a process that has nothing but `lo`: a name server on 127.0.0.1:53, and an
 * API server on the cluster IP. Needs root. Ends with its disposal; nothing of it is to be seen in any other network.
 */
export async function joinCluster(pid: number): Promise<AsyncDisposable> {
  const child = spawn('nsenter', ['--net', '--target', String(pid), process.execPath, MAIN], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [first] = await Promise.race([once(child.stdout, 'data'), ended]) as readonly unknown[];
  if (!(first instanceof Buffer)) throw new Error(`the cluster of a test has ended: ${String(first)}`);
  return {
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
