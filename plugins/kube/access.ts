/** The API server of a cluster, and how to sign in there. */
export interface ApiAccess {
  /** `https://10.96.0.1:443`, without a slash at its end. */
  readonly url: string;
  /** PEM of the cluster's CA; undefined for those of the system. */
  readonly ca: string | undefined;
  /** The name its certificate must have, where it is not the host of the URL. */
  readonly serverName?: string;
  readonly isInsecure?: boolean;
  /** Bearer token as it is now. */
  readonly token?: string;
  /** Client certificate and key, PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

export type ClusterAccess =
  | { readonly kind: 'ok'; readonly access: ApiAccess }
  /** Not in a cluster. */
  | { readonly kind: 'none'; readonly message: string }
  /** In a cluster, but what is needed cannot be read: names file and remedy. */
  | { readonly kind: 'failed'; readonly message: string; readonly cause?: unknown };
