import type { ClusterAccess } from '../kube/access.ts';
import type { Outcome as ReadOutcome } from '../linux/read.ts';
import type { AttemptLimits, Endpoint, Outcome } from './attempt.ts';

export type RecordType = 'A' | 'AAAA';
export type Transport = 'UDP' | 'TCP';

export interface DnsQuestion {
  readonly server: Endpoint;
  readonly transport: Transport;
  /** Fully qualified, with the dot at its end. */
  readonly name: string;
  readonly type: RecordType;
}

export interface DnsAnswer {
  /** NOERROR or NXDOMAIN; all others are faults. */
  readonly rcode: 'NOERROR' | 'NXDOMAIN';
  /** Of the type that was asked for, as text, in the order of the answer; also through CNAMEs. */
  readonly addresses: readonly string[];
  /** UDP: the answer did not fit, and is to be asked for over TCP. */
  readonly isTruncated: boolean;
}

/** One question to one server, one packet and no repetition. NXDOMAIN is an answer. Never rejects. */
export type AskDns = (question: DnsQuestion, limits: AttemptLimits) => Promise<Outcome<DnsAnswer>>;

/** Connects, and sees whether the connection is still there a moment later. Never rejects. */
export type ConnectTcp = (endpoint: Endpoint, limits: AttemptLimits) => Promise<Outcome<undefined>>;

export interface HttpRequest {
  /** `https://10.96.0.1:443/readyz`; a host that is a name is resolved by the caller, see `address`. */
  readonly url: string;
  /** Where to connect to in place of the host of the URL. */
  readonly address?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
  /** Requests with the same word share one connection that stays open. */
  readonly connection?: string;
}

export interface TlsOptions {
  /** PEM; without it those that Node.js brings. */
  readonly ca?: string;
  /** The name the certificate must have, where it is not the host of the URL. */
  readonly serverName?: string;
  /** PEM, of a client. */
  readonly certificate?: string;
  readonly key?: string;
  /** The certificate is not looked at. */
  readonly isInsecure?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** At most 256 KiB; a longer one is `malformed`. */
  readonly body: string;
}

/** GET. Every status is an answer, see attempts/http-status.ts for what it means. Follows no redirect. Never rejects. */
export type GetHttp = (request: HttpRequest, limits: AttemptLimits) => Promise<Outcome<HttpAnswer>>;

/** All of the world that checks touch; tests and simulations hand in their own. */
export interface NetworkSources {
  readonly askDns: AskDns;
  readonly connectTcp: ConnectTcp;
  readonly getHttp: GetHttp;
  /** resolv.conf(5) as it is now, by a child: it may lie on a disk. */
  readonly readResolvConf: (signal: AbortSignal) => Promise<ReadOutcome<string>>;
  /** Where the file lies, for messages. */
  readonly resolvConf: string;
  /** The cluster and how to sign in, read anew: its token rotates. */
  readonly cluster: () => ClusterAccess | Promise<ClusterAccess>;
  /** hosts(5), likewise. */
  readonly readHosts: (signal: AbortSignal) => Promise<ReadOutcome<string>>;
  /** We run in the cluster, as a Pod or with its network, so its names and cluster IPs are to work here. */
  readonly isInCluster: boolean;
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}
