import type { Parsed } from './pem.ts';
import { type Renewal, type Role, KUBELET_CLIENT, KUBELET_OWN_SERVING } from './places.ts';

/** A certificate that lies on the node. */
export interface Certificate {
  /** Of the file that holds it, as the host knows it; links are not followed in it. */
  readonly path: string;
  /** Which one in that file, from 1. */
  readonly number: number;
  /** Its common name: `system:node:worker-1`. */
  readonly subject: string;
  /** In words: `kubelet client`, `control plane`, `certificate authority`. */
  readonly use: string;
  readonly renewal: Renewal;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A file with certificates, or what a kubeconfig file holds for one user. */
export interface FoundFile {
  readonly path: string;
  readonly role: Role;
  readonly certificates: readonly Parsed[];
}

/**
 * All certificates of these files, each with whether anybody needs it. Pure. Nobody needs
 * - the serving certificate that kubelet made itself at its first start, for a year, by an authority that nobody trusts;
 *   nor any in its place once kubelet gets its own from the cluster;
 * - what kubeadm once wrote into kubelet's kubeconfig file, since kubelet took it to ask for its current one;
 * - a former authority beside its successor, in a file for both.
 */
export function certificatesOf(files: readonly FoundFile[]): readonly Certificate[] {
  const folders = (wanted: string): ReadonlySet<string> => new Set(files.flatMap(({ path, role: { use, renewal } }) => (use === wanted && renewal === 'by-itself' ? [folderOf(path)] : [])));
  const served = folders(KUBELET_OWN_SERVING.use);
  const hasClient = folders(KUBELET_CLIENT.use).size > 0;
  return files.flatMap((file) => {
    const { path, role, certificates } = file;
    const isNeedless = (role === KUBELET_OWN_SERVING && served.has(folderOf(path))) || (hasClient && isOldKubeletClient(file));
    return certificates.map((each, index): Certificate => ({
      path,
      number: index + 1,
      subject: each.subject,
      use: each.isCa ? 'certificate authority' : role.use,
      renewal: isNeedless || (role === KUBELET_OWN_SERVING && isSelfMade(each)) || isFormer(each, certificates) ? 'not-needed' : role.renewal,
      notBeforeMs: each.notBeforeMs,
      notAfterMs: each.notAfterMs,
    }));
  });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** kubelet names the authority `worker-1-ca@1735689600`: its host, and when it was made. */
function isSelfMade({ issuer }: Parsed): boolean {
  return /-ca@\d{9,}$/.test(issuer);
}

function isOldKubeletClient({ path, role: { use } }: FoundFile): boolean {
  return use === 'kubeconfig client' && /\/(?:kubelet\.conf|kubeconfig)$/.test(path);
}

/** Another authority of that name lasts longer; k3s and RKE2 add to the name when it was made. */
function isFormer(certificate: Parsed, all: readonly Parsed[]): boolean {
  return certificate.isCa && all.some((other) => other.isCa && nameOf(other) === nameOf(certificate) && other.notAfterMs > certificate.notAfterMs);
}

function nameOf({ subject }: Parsed): string {
  return subject.replace(/@\d+$/, '');
}
