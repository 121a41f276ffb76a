import type { IPodSpec } from 'kubernetes-models/v1';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER_TOKEN } from './pod-cluster.ts';
import { testCa } from './tls-certificates.ts';

/** In which the Pods of all manifests are. */
export const POD_NAMESPACE = 'kube-system';

export type ProjectedVolume = NonNullable<NonNullable<IPodSpec['volumes']>[number]['projected']>;

/** As kubelet fills a volume, but for the links by which it changes the files at once; anybody may read them. */
export function writeProjected(folder: string, { sources = [] }: ProjectedVolume): void {
  for (const { serviceAccountToken, configMap, downwardAPI } of sources) {
    if (serviceAccountToken !== undefined) writeFileSync(join(folder, serviceAccountToken.path), CLUSTER_TOKEN);
    for (const { path } of configMap?.items ?? []) writeFileSync(join(folder, path), testCa);
    for (const { path } of downwardAPI?.items ?? []) writeFileSync(join(folder, path), POD_NAMESPACE);
  }
}

/** What kubelet writes into `/etc` of a Pod that asks the cluster's name server (`dnsPolicy` ClusterFirst, or ClusterFirstWithHostNet). */
export function writeKubeletFiles(folder: string, nameServer: string, hostname: string): void {
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/hosts'), '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n');
  writeFileSync(join(folder, 'etc/hostname'), `${hostname}\n`);
  writeFileSync(join(folder, 'etc/resolv.conf'), `search ${POD_NAMESPACE}.svc.cluster.local svc.cluster.local cluster.local\nnameserver ${nameServer}\noptions ndots:5\n`);
}
