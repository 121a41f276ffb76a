import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { IMAGES } from '../../scripts/image-commands.ts';
import { type BaseImage, OWN_ARCHITECTURE, makeBaseImage } from './image-base.ts';
import { type ImageStore, imageStore } from './image-store.ts';

/** Both images, built for all platforms by `npm run images`. */
export interface BuiltImages {
  readonly store: ImageStore;
  readonly base: BaseImage;
  readonly gpu: string;
  readonly node: string;
  /** What was told to the build. */
  readonly version: string;
  readonly commit: string;
  readonly date: string;
}

const ROOT = join(import.meta.dirname, '../..');
const FACTS = { version: '9.8.7', commit: '0123456789ab', date: '2026-01-02T03:04:05.000Z' };
const BUILT_WITHIN_MS = 900_000;

let built: Promise<BuiltImages> | undefined;

/** They are built once for all test files of a run; the last of them disposes of it. */
export async function builtImages(): Promise<BuiltImages> {
  built ??= build();
  return await built;
}

export async function disposeOfImages(): Promise<void> {
  const images = built;
  built = undefined;
  await (await images?.catch(() => undefined))?.store[Symbol.asyncDispose]();
}

async function build(): Promise<BuiltImages> {
  await using started = new AsyncDisposableStack();
  const store = started.use(await imageStore());
  const base = await timed('base image', () => makeBaseImage(store));
  const [registry, tag] = ['localhost/npd-plugins', `v${FACTS.version}`];
  const args = ['--builder', 'buildah', '--registry', registry, '--tag', tag, '--base', base.name, '--platform', base.architectures.map((name) => `linux/${name}`).join(',')];
  // As an earlier run would have left it: it must not end up in the new list.
  for (const { name } of IMAGES) {
    await store.buildah('manifest', 'create', `${registry}/${name}:${tag}`);
    await store.buildah('manifest', 'add', `${registry}/${name}:${tag}`, base.name);
  }
  const env = { ...store.env, COMMIT_HASH: FACTS.commit, BUILD_DATE: FACTS.date, VERSION: undefined };
  await timed('both images', () => promisify(execFile)(process.execPath, [join(ROOT, 'scripts/images.ts'), ...args], { env, timeout: BUILT_WITHIN_MS, maxBuffer: 2 ** 26 }));
  const [gpu = '', node = ''] = IMAGES.map(({ name }) => `${registry}/${name}:${tag}`);
  started.move();
  return { store, base, gpu, node, ...FACTS };
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  console.log(`      ${what}: ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  return result;
}

/** A root of its own, of the architecture that can be run here. */
export async function unpackOwn({ store }: BuiltImages, image: string): Promise<string> {
  return await store.unpack(image, OWN_ARCHITECTURE);
}
