import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import packageJson from '../../package.json' with { type: 'json' };
import { aptSources, machineAptSettings, type AptSource } from './image-apt.ts';
import type { ImageStore } from './image-store.ts';

/** A stand-in for the Node.js image that the Dockerfiles name, for networks in which only packages can be had. */
export interface BaseImage {
  /** A list with an entry for each of `architectures`. */
  readonly name: string;
  readonly architectures: readonly string[];
  /** Why this machine's own architecture is the only one. */
  readonly whyNoOther: string | undefined;
}

const RELEASE = 'bookworm';
const NAME = 'localhost/npd-plugins-base';

/** Docker's and Debian's name of an architecture, and the one in names of Node.js's packages. */
const NODE_NAMES: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };

export const OWN_ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;
export const OTHER_ARCHITECTURE = OWN_ARCHITECTURE === 'amd64' ? 'arm64' : 'amd64';

const run = promisify(execFile);

/**
 * Makes it from Debian's packages and those of npm, as this machine gets them: its own package sources, registry, proxies and certificates.
 * libatomic1, which Node.js is linked with, is left out on purpose. Of the other architecture only Node.js is there: nothing of it is run.
 */
export async function makeBaseImage(store: ImageStore): Promise<BaseImage> {
  const sources = aptSources(RELEASE);
  const [main] = sources;
  if (main === undefined) throw new Error(`this machine has no package source for Debian's ${RELEASE}`);
  const [own, other] = [join(store.folder, OWN_ARCHITECTURE), join(store.folder, OTHER_ARCHITECTURE)];
  const [, npm, failed] = await Promise.all([
    debian(own, main).then(() => setUp(own, sources)),
    unpackPackage(store, `npm@${(await run('npm', ['--version'])).stdout.trim()}`),
    addNode(store, OTHER_ARCHITECTURE, other).then(() => undefined, (error: unknown) => String(error)),
  ]);
  await addNode(store, OWN_ARCHITECTURE, own);
  mkdirSync(join(own, 'usr/local/lib/node_modules'), { recursive: true });
  renameSync(npm, join(own, 'usr/local/lib/node_modules/npm'));
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(own, 'usr/local/bin/npm'));
  await setUpNpm(own);
  await store.buildah('manifest', 'create', NAME);
  const architectures = failed === undefined ? [OWN_ARCHITECTURE, OTHER_ARCHITECTURE] : [OWN_ARCHITECTURE];
  for (const architecture of architectures) await commit(store, architecture, join(store.folder, architecture));
  return { name: NAME, architectures, whyNoOther: failed };
}

async function debian(folder: string, { uri }: AptSource): Promise<void> {
  await run('debootstrap', ['--variant=minbase', `--arch=${OWN_ARCHITECTURE}`, RELEASE, folder, uri], { maxBuffer: 2 ** 24 });
  // Much of what is not needed to build; each file costs time when the image is made.
  for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    for (const entry of readdirSync(join(folder, path))) rmSync(join(folder, path, entry), { recursive: true });
  }
}

async function setUp(folder: string, sources: readonly AptSource[]): Promise<void> {
  writeFileSync(join(folder, 'etc/apt/sources.list'), sources.map(({ uri, suite, components }) => `deb ${uri} ${suite} ${components}\n`).join(''));
  writeFileSync(join(folder, 'etc/apt/apt.conf.d/90-machine'), await machineAptSettings());
  for (const file of ['/etc/ssl/certs/ca-certificates.crt', process.env['NODE_EXTRA_CA_CERTS']]) copyIfThere(folder, file);
}

/** The keys that say how a registry is reached; see npm's config documentation. */
const NPM_SETTINGS = ['registry', 'cafile', 'strict-ssl', 'proxy', 'https-proxy', 'noproxy'];

async function setUpNpm(folder: string): Promise<void> {
  const lines: string[] = [];
  for (const key of NPM_SETTINGS) {
    const value = (await run('npm', ['config', 'get', key])).stdout.trim();
    if (value !== '' && value !== 'null' && value !== 'undefined') lines.push(`${key}=${value}\n`);
    if (key === 'cafile') copyIfThere(folder, value);
  }
  mkdirSync(join(folder, 'usr/local/etc'), { recursive: true });
  writeFileSync(join(folder, 'usr/local/etc/npmrc'), lines.join(''));
}

function copyIfThere(folder: string, file: string | undefined): void {
  if (file === undefined || !file.startsWith('/') || !existsSync(file)) return;
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  cpSync(file, join(folder, file), { dereference: true });
}

/** As in the archives of Node.js, unpacked in /usr/local. */
async function addNode(store: ImageStore, architecture: string, folder: string): Promise<void> {
  const unpacked = await unpackPackage(store, `node-linux-${NODE_NAMES[architecture]}@${packageJson.devDependencies.node}`);
  mkdirSync(join(folder, 'usr/local/bin'), { recursive: true });
  cpSync(join(unpacked, 'bin/node'), join(folder, 'usr/local/bin/node'));
  cpSync(join(unpacked, 'LICENSE'), join(folder, 'usr/local/LICENSE'));
}

async function unpackPackage({ folder }: ImageStore, name: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder, name], { cwd: folder });
  const unpacked = join(folder, 'unpacked', name);
  mkdirSync(unpacked, { recursive: true });
  await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', unpacked, '--strip-components=1']);
  return unpacked;
}

async function commit({ buildah, folder: scratch }: ImageStore, architecture: string, folder: string): Promise<void> {
  const container = await buildah('from', '--quiet', '--arch', architecture, 'scratch');
  await buildah('add', '--quiet', container, folder, '/');
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  await buildah('config', '--arch', architecture, ...(certificates === undefined ? [] : ['--env', `NODE_EXTRA_CA_CERTS=${certificates}`]), container);
  await buildah('commit', '--quiet', '--rm', container, `${NAME}-${architecture}`);
  await buildah('manifest', 'add', NAME, `${NAME}-${architecture}`);
  rmSync(join(scratch, architecture), { recursive: true });
}
