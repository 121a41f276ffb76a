import { resolve } from 'node:path';
import { ConfigError, messageOf } from '../plugins/core/errors.ts';
import type { ApiAccess } from '../plugins/kube/access.ts';
import type { FileText } from '../plugins/kube/files.ts';
import { inClusterAccess } from '../plugins/kube/in-cluster.ts';
import type { RunChild } from '../plugins/linux/child.ts';
import { readDiskFile } from '../plugins/linux/disk-file.ts';
import { readText } from '../plugins/linux/read.ts';
import type { NetworkSources } from '../plugins/network-verifier/sources.ts';
import type { Context } from './command.ts';

const FILE_TIMEOUT_MS = 5_000;

/** A token or a CA bundle. */
const MAX_BYTES = 256 * 1_024;

export interface Cluster {
  readonly cluster: NetworkSources['cluster'];
  readonly isInCluster: boolean;
}

/**
 * The cluster whose API server is asked: that of the kubeconfig file if one is given, else the one in which we run as a Pod. Rejects
 * with ConfigError for a kubeconfig that cannot be used; later, it is read anew at each look, and then such a thing is `failed`.
 */
export async function clusterOf(kubeconfig: string | undefined, env: Context['env'], run: RunChild): Promise<Cluster> {
  const isInCluster = (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  // A tmpfs, which waits for no disk.
  if (kubeconfig === undefined) return { isInCluster, cluster: () => inClusterAccess(env, (path) => readText('/', path, { maxBytes: MAX_BYTES })) };
  const file = resolve(kubeconfig);
  await accessIn(file, run);
  return {
    isInCluster,
    async cluster() {
      try {
        return { kind: 'ok', access: await accessIn(file, run) };
      } catch (cause) {
        return { kind: 'failed', message: messageOf(cause), cause };
      }
    },
  };
}

async function accessIn(file: string, run: RunChild): Promise<ApiAccess> {
  // With the reader of YAML, which nobody else needs.
  const { kubeconfigAccess } = await import('../plugins/kube/kubeconfig.ts');
  const read = async (path: string): Promise<FileText> => await readDiskFile('/', path, { timeoutMs: FILE_TIMEOUT_MS, maxBytes: MAX_BYTES, run });
  const content = await read(file);
  if (content.kind !== 'ok') throw new ConfigError('--kubeconfig', content.message);
  return await kubeconfigAccess(content.value, { file, read });
}
