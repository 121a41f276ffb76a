import { execFile } from 'node:child_process';
import type { IContainer } from 'kubernetes-models/v1';
import { promisify } from 'node:util';

type Probe = NonNullable<IContainer['livenessProbe']>;

/** What a probe of a manifest gets from a container that runs, asked in its network as kubelet asks on the node. Without a host kubelet asks the Pod's address, and here that is that of `lo`. */
export async function probe(pid: number, { httpGet }: Probe): Promise<number> {
  if (httpGet === undefined) throw new Error('only HTTP probes are translated');
  const url = `http://${httpGet.host ?? '127.0.0.1'}:${httpGet.port}${httpGet.path}`;
  const script = `console.log((await fetch(${JSON.stringify(url)})).status)`;
  const { stdout } = await promisify(execFile)('nsenter', ['--net', '--target', String(pid), process.execPath, '--input-type=module', '-e', script], { timeout: 20_000 });
  return Number(stdout);
}
