import { isIPv6 } from 'node:net';
import { quote } from '../core/errors.ts';
import type { ClusterAccess } from './access.ts';
import { type FileText, bearerToken, holdsCertificate } from './files.ts';

/** Where the kubelet mounts the files of the service account, see kubernetes.io/docs/tasks/run-application/access-api-from-pod. */
export const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

const REMEDY = 'let the Pod mount its service account (automountServiceAccountToken, or a projected volume with token and ca.crt)';

/** A name as RFC 1123 has it, or an IPv4 address; AKS gives a name. */
const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/**
 * The API server as every Pod finds it, and the service account to sign in with; read anew each time, since the kubelet replaces
 * the token within the hour and the CA now and then.
 *
 * @param env KUBERNETES_SERVICE_HOST, without which there is no cluster, and KUBERNETES_SERVICE_PORT, 443 where it is missing
 * @param read reads a small file by its path, at once: it lies on a tmpfs. What cannot be used is `failed`, with file and remedy
 */
export function inClusterAccess(env: Readonly<Record<string, string | undefined>>, read: (path: string) => FileText, folder: string = SERVICE_ACCOUNT_FOLDER): ClusterAccess {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  if (host === '') return { kind: 'none', message: 'KUBERNETES_SERVICE_HOST is not set' };
  const authority = authorityOf(host, env['KUBERNETES_SERVICE_PORT'] || '443');
  if (typeof authority !== 'string') return authority;
  const token = needed(`${folder}/token`, read, bearerToken, 'no token stands there');
  if (token.kind !== 'ok') return token;
  const ca = needed(`${folder}/ca.crt`, read, (text) => (holdsCertificate(text) ? text : undefined), 'no PEM certificate stands there');
  if (ca.kind !== 'ok') return ca;
  return { kind: 'ok', access: { url: `https://${authority}`, ca: ca.value, token: token.value } };
}

type Failed = Extract<ClusterAccess, { readonly kind: 'failed' }>;

/** `10.96.0.1:443`, `[fd00::1]:443`, `name.example:443` */
function authorityOf(host: string, port: string): string | Failed {
  if (!isIPv6(host) && !HOST.test(host)) return { kind: 'failed', message: `KUBERNETES_SERVICE_HOST: expected an address or a name, got ${quote(host)}` };
  // A zone would be one of this machine, and a URL has no place for it.
  if (host.includes('%')) return { kind: 'failed', message: `KUBERNETES_SERVICE_HOST: expected an address without a zone, got ${quote(host)}` };
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535) return { kind: 'failed', message: `KUBERNETES_SERVICE_PORT: expected a port, got ${quote(port)}` };
  return `${isIPv6(host) ? `[${host}]` : host.toLowerCase()}:${port}`;
}

/** What stands in the file is a secret, so it is not quoted. */
function needed(path: string, read: (path: string) => FileText, parse: (text: string) => string | undefined, otherwise: string): { readonly kind: 'ok'; readonly value: string } | Failed {
  const file = read(path);
  if (file.kind !== 'ok') return { kind: 'failed', message: `${file.message}: ${REMEDY}`, cause: file.cause };
  const value = parse(file.value);
  return value === undefined ? { kind: 'failed', message: `${path}: ${otherwise}: ${REMEDY}` } : { kind: 'ok', value };
}
