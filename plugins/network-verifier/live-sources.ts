import type { RunChild } from '../linux/child.ts';
import { readDiskFile } from '../linux/disk-file.ts';
import { connectTcp } from './attempts/tcp.ts';
import { createHttp } from './attempts/http.ts';
import type { NetworkSources } from './sources.ts';

/** A disk that does not answer leaves half of a look to those who do without the file. */
const FILE_TIMEOUT_MS = 5_000;

/** More names than any cluster writes there. */
const MAX_FILE_BYTES = 64 * 1_024;

const HOSTS = '/etc/hosts';

export interface LivePlaces {
  /** Absolute path of the resolv.conf(5) that counts here: our own, which in a Pod the kubelet has written. */
  readonly resolvConf: string;
  readonly cluster: NetworkSources['cluster'];
  readonly isInCluster: boolean;
  /** Starts the child that reads a file. */
  readonly run: RunChild;
}

/** With dns-packet, whose loading takes half as long as that of all the rest: the first answer to CheckHealth waits for no look at the network. */
const askDns: NetworkSources['askDns'] = async (question, limits) => await (await import('./dns/ask.ts')).askDns(question, limits);

/** The network as this process meets it. Files are our own, and not those below the host's root: a container has its own name servers. */
export function liveNetworkSources({ resolvConf, cluster, isInCluster, run }: LivePlaces): NetworkSources {
  const read = (path: string) => async (signal: AbortSignal) => {
    return await readDiskFile('/', path, { timeoutMs: FILE_TIMEOUT_MS, maxBytes: MAX_FILE_BYTES, run, signal });
  };
  return {
    askDns,
    connectTcp,
    getHttp: createHttp().getHttp,
    readResolvConf: read(resolvConf),
    resolvConf,
    cluster,
    readHosts: read(HOSTS),
    isInCluster,
    nowMs: () => performance.now(),
    random: Math.random,
  };
}
