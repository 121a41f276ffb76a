import { posix } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { parseClientCertificates } from './kubeconfig.ts';
import { type Certificate, type FoundFile, certificatesOf } from './need.ts';
import { type Parsed, parseCertificates } from './pem.ts';
import { type Place, type Role, PLACES, isCertificateName, kubeletRole } from './places.ts';
import { type Found, type Gap, type Walk, type WalkOptions, startWalk } from './walk.ts';

export interface CertificateSearchOptions extends WalkOptions {
  /** Files and folders more, by their absolute paths. */
  readonly more?: readonly string[];
}

export interface CertificateSearch {
  /** In a fixed order. */
  readonly certificates: readonly Certificate[];
  /** What could not be told: one file that hangs or is garbled hides none of the others. */
  readonly gaps: readonly Gap[];
}

/** A chain has two or three; what has more is a bundle of authorities that somebody trusts, and most of them are none of ours. */
const MOST_IN_FILE = 16;

const CONFIGURED: Role = { use: 'configured', renewal: 'by-hand' };

/** What was found on the way. */
interface Search {
  readonly walk: Walk;
  readonly files: FoundFile[];
  readonly kubeconfigs: Found[];
}

/**
 * The certificates with which this node and what runs on it prove who they are: kubelet's own, those of the control plane
 * and etcd as kubeadm, Kubespray, k0s, MicroK8s, k3s and RKE2 have them, and those that kubeconfig files hold or name.
 * Never rejects.
 *
 * Every file is read by a child, one after the other; of what it holds only certificates are kept, and never a private key.
 *
 * @param root the host's root folder: `/`, `/host`, or a recorded tree
 */
export async function findCertificates(root: string, options: CertificateSearchOptions): Promise<CertificateSearch> {
  const search: Search = { walk: startWalk(root, options), files: [], kubeconfigs: [] };
  for (const place of PLACES) await lookIn(search, place);
  for (const file of search.kubeconfigs) await lookAtKubeconfig(search, file, await search.walk.read(file));
  for (const path of options.more ?? []) await lookAtConfigured(search, posix.resolve('/', path).slice(1));
  return { certificates: certificatesOf(search.files), gaps: search.walk.gaps };
}

async function lookIn(search: Search, { folder, roleOf, places = [] }: Place): Promise<void> {
  const found = await search.walk.enter(folder, 'fine');
  const names = found === undefined ? undefined : await search.walk.list(found);
  if (found === undefined || names === undefined || names === 'absent') return;
  await lookAtFiles(search, found, names, roleOf);
  const there = new Set(names);
  for (const place of places) {
    const [first = ''] = place.folder.split('/');
    if (there.has(first)) await lookIn(search, { ...place, folder: `${folder}/${place.folder}` });
  }
}

async function lookAtFiles(search: Search, folder: Found, names: readonly string[], roleOf: Place['roleOf']): Promise<void> {
  for (const file of await search.walk.enterAll(folder, names.filter((name) => roleOf(name) !== undefined))) {
    const role = roleOf(posix.basename(file.path));
    if (role === 'kubeconfig') search.kubeconfigs.push(file);
    else if (role !== undefined) keep(search, file, role, await search.walk.read(file));
  }
}

/** What a file holds. One with nothing of what its name promises is told. */
function keep(search: Search, { path }: Found, role: Role, text: string | undefined): void {
  const certificates = text === undefined ? undefined : parsing(search, path, (where) => parseCertificates(text, where));
  if (text === undefined || certificates === undefined) return;
  if (certificates.length > MOST_IN_FILE) return search.walk.tell(path, { kind: 'absent', message: `/${path} (a bundle of more than ${MOST_IN_FILE} certificates)` });
  if (certificates.length > 0) return void search.files.push({ path: `/${path}`, role, certificates });
  // `admin.pem` beside `admin.crt` is its key.
  const isKeyAlone = role.renewal === 'by-hand' && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
  if (!isKeyAlone) search.walk.tell(path, { kind: 'failed', message: `/${path}: holds no certificate` });
}

async function lookAtKubeconfig(search: Search, { path }: Found, text: string | undefined): Promise<void> {
  const client = text === undefined ? undefined : parsing(search, path, (where) => parseClientCertificates(text, where));
  for (const pem of client?.embedded ?? []) {
    const certificates = parsing(search, path, (where): readonly Parsed[] => parseCertificates(pem, where));
    if (certificates?.length === 0) search.walk.tell(path, { kind: 'failed', message: `/${path}: its client-certificate-data holds no certificate` });
    else if (certificates !== undefined) search.files.push({ path: `/${path}`, role: { use: 'kubeconfig client', renewal: 'by-hand' }, certificates });
  }
  for (const named of client?.files ?? []) {
    const at = posix.resolve('/', posix.dirname(path), named).slice(1);
    const file = await search.walk.enter(at, 'told');
    if (file !== undefined) keep(search, file, kubeletRole(posix.basename(at)) ?? { use: `client of /${path}`, renewal: 'by-hand' }, await search.walk.read(file));
  }
}

/** A file, whatever its name, or a folder, which is not gone through further down. */
async function lookAtConfigured(search: Search, path: string): Promise<void> {
  const found = await search.walk.enter(path, 'told');
  const names = found === undefined ? undefined : await search.walk.list(found);
  if (found === undefined || names === undefined) return;
  if (names !== 'absent') return await lookAtFiles(search, found, names, (name) => (isCertificateName(name) ? CONFIGURED : undefined));
  const text = await search.walk.read(found);
  const isKubeconfig = text !== undefined && !text.includes('-----BEGIN CERTIFICATE-----') && text.includes('client-certificate');
  if (isKubeconfig) await lookAtKubeconfig(search, found, text);
  else keep(search, found, CONFIGURED, text);
}

function parsing<T>({ walk }: Search, path: string, parse: (where: string) => T): T | undefined {
  try {
    return parse(`/${path}`);
  } catch (error) {
    walk.tell(path, { kind: 'failed', message: messageOf(error) });
    return undefined;
  }
}
