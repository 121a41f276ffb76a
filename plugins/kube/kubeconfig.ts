import { isRecord } from '../core/decode.ts';
import { ConfigError, quote } from '../core/errors.ts';
import type { ApiAccess } from './access.ts';
import { type FileText, bearerToken, holdsCertificate } from './files.ts';
import { type Section, parseKubeconfig } from './kubeconfig-sections.ts';

export interface KubeconfigOptions {
  /** Where the text comes from, as an absolute path: for messages, and relative paths in it begin at its folder. */
  readonly file: string;
  /** In place of its `current-context`. */
  readonly context?: string;
  /** Reads a file that it names, by absolute path. */
  readonly read: (path: string) => Promise<FileText>;
}

/**
 * The API server that a kubeconfig file leads to, and how to sign in there, as client-go of Kubernetes 1.34 reads it
 * (tools/clientcmd/api/v1/types.go and client_config.go): a certificate or key as data goes before one in a file, a token in a file
 * before one that stands there, and an empty text is as if it were missing.
 *
 * What would run a program or needs another way of signing in is refused by name. Files are read when this is called.
 * Rejects with ConfigError that names file and key; secrets are never quoted.
 */
export async function kubeconfigAccess(text: string, options: KubeconfigOptions): Promise<ApiAccess> {
  const { cluster, user } = parseKubeconfig(text, options);
  const files: Files = { folder: options.file.slice(0, options.file.lastIndexOf('/')), read: options.read };
  return { ...(await clusterPart(cluster, files)), ...(user && (await userPart(user, files))) };
}

interface Files {
  readonly folder: string;
  readonly read: KubeconfigOptions['read'];
}

async function clusterPart(cluster: Section, files: Files): Promise<Pick<ApiAccess, 'url' | 'ca' | 'serverName' | 'isInsecure'>> {
  if (textOf(cluster, 'proxy-url') !== undefined) throw wrong(cluster, 'proxy-url', 'a proxy is not supported: the way without it is what is to be verified');
  const url = urlOf(cluster);
  const serverName = textOf(cluster, 'tls-server-name');
  const isInsecure = cluster.values['insecure-skip-tls-verify'] ?? false;
  if (typeof isInsecure !== 'boolean') throw wrong(cluster, 'insecure-skip-tls-verify', `expected true or false, got ${quote(JSON.stringify(isInsecure))}`);
  const ca = await pemOf(cluster, 'certificate-authority', files);
  if (isInsecure && ca !== undefined) throw wrong(cluster, 'insecure-skip-tls-verify', 'a CA stands beside it: remove one of them');
  if (ca !== undefined && !holdsCertificate(ca)) throw wrong(cluster, 'certificate-authority', 'no PEM certificate stands there');
  return { url, ca, ...(serverName !== undefined && { serverName }), ...(isInsecure && { isInsecure }) };
}

function urlOf(cluster: Section): string {
  const server = textOf(cluster, 'server');
  if (server === undefined) throw wrong(cluster, 'server', 'is missing: give the URL of the API server');
  const url = URL.parse(server);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  // It may hold a password, so it is not quoted.
  if (!isPlain) throw wrong(cluster, 'server', 'expected a URL such as https://10.96.0.1:6443, without user, query and fragment');
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

/** Each needs a program, a dialogue or a right that a check has not got. */
const REFUSED: Readonly<Record<string, string>> = {
  'exec': 'no program is run for credentials',
  'auth-provider': 'it went out of Kubernetes with 1.26',
  'username': 'API servers take no passwords since Kubernetes 1.19',
  'password': 'API servers take no passwords since Kubernetes 1.19',
  'as': 'nobody is impersonated',
};

async function userPart(user: Section, files: Files): Promise<Pick<ApiAccess, 'token' | 'certificate' | 'key'>> {
  for (const [key, why] of Object.entries(REFUSED)) {
    if ((user.values[key] ?? '') !== '') throw wrong(user, key, `is not supported (${why}): give a token or tokenFile, see \`kubectl create token\`, or a client certificate`);
  }
  const token = await tokenOf(user, files);
  const certificate = await pemOf(user, 'client-certificate', files);
  const key = await pemOf(user, 'client-key', files);
  if (certificate !== undefined && !holdsCertificate(certificate)) throw wrong(user, 'client-certificate', 'no PEM certificate stands there');
  if (certificate !== undefined && key === undefined) throw wrong(user, 'client-key', 'is missing beside client-certificate');
  if (certificate === undefined && key !== undefined) throw wrong(user, 'client-certificate', 'is missing beside client-key');
  return { ...(token !== undefined && { token }), ...(certificate !== undefined && key !== undefined && { certificate, key }) };
}

async function tokenOf(user: Section, files: Files): Promise<string | undefined> {
  const [plain, path] = [textOf(user, 'token'), textOf(user, 'tokenFile')];
  const file = path === undefined ? undefined : await files.read(inFolder(path, files.folder));
  if (file !== undefined && file.kind !== 'ok' && plain === undefined) throw wrong(user, 'tokenFile', file.message, file.cause);
  const [key, text] = file?.kind === 'ok' ? ['tokenFile', file.value] : ['token', plain];
  if (text === undefined) return undefined;
  const token = bearerToken(text);
  if (token === undefined) throw wrong(user, key, 'no token stands there');
  return token;
}

/** PEM from `<key>-data`, base64 as RFC 4648 has it, or from the file that `key` names. */
async function pemOf(section: Section, key: string, { folder, read }: Files): Promise<string | undefined> {
  const data = textOf(section, `${key}-data`);
  if (data !== undefined) return decoded(section, `${key}-data`, data);
  const path = textOf(section, key);
  if (path === undefined) return undefined;
  const file = await read(inFolder(path, folder));
  if (file.kind !== 'ok') throw wrong(section, key, file.message, file.cause);
  return file.value;
}

function decoded(section: Section, key: string, data: string): string {
  const base64 = data.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) throw wrong(section, key, 'is not base64');
  return Buffer.from(base64, 'base64').toString('latin1');
}

function inFolder(path: string, folder: string): string {
  return path.startsWith('/') ? path : `${folder}/${path}`;
}

/** Undefined where it is missing, null or empty. What stands there may be a secret, so it is not quoted. */
function textOf(section: Section, key: string): string | undefined {
  const value = section.values[key] ?? '';
  if (typeof value !== 'string') throw wrong(section, key, `expected a text, got ${isRecord(value) ? 'a map' : Array.isArray(value) ? 'a list' : `a ${typeof value}`}`);
  return value === '' ? undefined : value;
}

function wrong({ path }: Section, key: string, what: string, cause?: unknown): ConfigError {
  return new ConfigError(`${path}.${key}`, what, { cause });
}
