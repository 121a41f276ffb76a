import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import type { ImageConfig } from './pod-to-oci.ts';

/** Images and the containers made of them, in a folder of their own: nothing of the machine's images is seen or touched. */
export interface ImageStore extends AsyncDisposable {
  /** For files of the same life, beside it. */
  readonly folder: string;
  /** What makes buildah use this store; for other programs that run it, too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs `buildah ARGS` and gives what it prints; rejects with what it complained of. */
  readonly buildah: (...args: readonly string[]) => Promise<string>;
  /** Unpacks an image; each call gives another root. */
  readonly unpack: (image: string, architecture: string) => Promise<string>;
  readonly configOf: (image: string, architecture: string) => Promise<ImageConfig & { readonly architecture: string; readonly layers: readonly string[] }>;
}

const PROGRAMS = ['buildah', 'runc', 'debootstrap', 'ip'];

/** Why no image can be built and run here, or undefined. */
export function whyNoImages(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const missing = PROGRAMS.filter((program) => !isThere(program));
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

function isThere(program: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const TAKES_AT_MOST_MS = 600_000;

export async function imageStore(): Promise<ImageStore> {
  const folder = mkdtempSync(join(tmpdir(), 'npd-images-'));
  const graph = join(folder, 'storage');
  mkdirSync(graph);
  // As containers-storage.conf(5) has it. Copying whole trees for each layer (vfs) would take minutes.
  writeFileSync(join(folder, 'storage.conf'), `[storage]\ndriver = "overlay"\ngraphroot = "${graph}"\nrunroot = "${join(folder, 'run')}"\n`);
  // Steps run in a chroot: no namespaces or control groups are needed that a container on a build machine may lack.
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'), BUILDAH_ISOLATION: 'chroot' };
  const buildah = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('buildah', args, { env, timeout: TAKES_AT_MOST_MS, maxBuffer: 2 ** 26 });
    return stdout.trim();
  };
  return {
    folder,
    env,
    buildah,
    async unpack(image, architecture) {
      const container = await buildah('from', '--quiet', '--pull-never', '--arch', architecture, image);
      return await buildah('mount', container);
    },
    async configOf(image, architecture) {
      const container = await buildah('from', '--quiet', '--pull-never', '--arch', architecture, image);
      const { OCIv1 } = JSON.parse(await buildah('inspect', container)) as { OCIv1: { config: ImageConfig; architecture: string; rootfs: { diff_ids: string[] } } };
      await buildah('rm', container);
      return { ...OCIv1.config, architecture: OCIv1.architecture, layers: OCIv1.rootfs.diff_ids };
    },
    async [Symbol.asyncDispose]() {
      await buildah('rm', '--all');
      await unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Steps that failed leave theirs behind, and the overlay driver keeps one of its own. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).toReversed()) await promisify(execFile)('umount', [mount]);
}
