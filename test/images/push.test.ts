import { assert } from 'chai';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuiltImages, builtImages, disposeOfImages } from '../support/image-built.ts';
import { registry } from '../support/image-registry.ts';
import { whyNoImages } from '../support/image-store.ts';

const ROOT = join(import.meta.dirname, '../..');
const noImages = whyNoImages();

interface Described {
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

after(disposeOfImages);

describe(noImages === undefined ? 'npm run images, run again' : `npm run images, run again (skipped: ${noImages})`, () => {
  let images: BuiltImages;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    images = await builtImages();
  });

  async function run(registryName: string, base: string, ...more: readonly string[]): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
    const { store, commit, date } = images;
    const platforms = images.base.architectures.map((name) => `linux/${name}`).join(',');
    const args = ['--builder', 'buildah', '--registry', registryName, '--tag', 'v9.8.7', '--base', base, '--platform', platforms, ...more];
    const env = { ...store.env, COMMIT_HASH: commit, BUILD_DATE: date, VERSION: undefined };
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/images.ts'), ...args], { env, maxBuffer: 2 ** 26 })) };
    } catch (error) {
      return error as { code: unknown; stdout: string; stderr: string };
    }
  }

  /** Builds, nearly all of it from the cache, and pushes. */
  const push = async (registryName: string, ...more: readonly string[]) => await run(registryName, images.base.name, '--push', ...more);

  it('leaves what was built before as it was where a build fails, and nothing under another name', async function () {
    this.timeout(300_000);
    const { buildah, folder } = images.store;
    // `buildah images` gives up on lists with other platforms.
    const stored = (): readonly { readonly names?: readonly string[] }[] => JSON.parse(readFileSync(join(folder, 'storage/overlay-images/images.json'), 'utf8')) as [];
    const names = (): readonly string[] => stored().flatMap((image) => image.names ?? []).toSorted();
    const before = [await buildah('manifest', 'inspect', images.gpu), names()];
    assert.include(before[1], images.gpu);
    // Nothing can be run in it.
    const { code, stderr } = await run(images.gpu.slice(0, images.gpu.lastIndexOf('/')), 'scratch');
    assert.equal(code, 1);
    assert.match(stderr, /^images: buildah failed for gpu-monitor$/m);
    assert.deepEqual([await buildah('manifest', 'inspect', images.gpu), names()], before);
  });

  it('with --push says that nothing was pushed where the registry cannot be talked to, though buildah does not', async function () {
    this.timeout(300_000);
    await using server = await registry();
    const { code, stderr } = await push(`${server.address}/team`);
    assert.equal(code, 1);
    assert.match(stderr, /^images: buildah did not push localhost:\d+\/team\/gpu-monitor:v9\.8\.7: no digest was told; can the registry be reached, does it speak TLS \(else --insecure\)/m);
  });

  it('with --push pushes a list with all platforms of each image, whose layers are the same, and tells the digests of the lists', async function () {
    this.timeout(300_000);
    await using server = await registry();
    const { architectures } = images.base;
    const { code, stdout, stderr } = await push(`${server.address}/team`, '--insecure');
    assert.equal(code, 0, stderr);
    const told = stdout.trim().split('\n').filter((line) => line.includes('@'));
    const layers = ['gpu-monitor', 'node-plugins'].map((name, index) => {
      const list = server.manifest(`team/${name}`, 'v9.8.7');
      assert.equal(told[index], `${server.address}/team/${name}:v9.8.7@${list?.digest}`);
      const entries = list?.content['manifests'] as readonly Described[];
      assert.sameMembers(entries.map(({ platform }) => `${platform?.os}/${platform?.architecture}`), architectures.map((architecture) => `linux/${architecture}`));
      return entries.map(({ digest, platform }) => {
        const found = (server.manifest(`team/${name}`, digest)?.content['layers'] ?? []) as readonly Described[];
        assert.isNotEmpty(found);
        assert.deepEqual(found.filter((layer) => !server.hasBlob(layer.digest)), []);
        return `${platform?.architecture}: ${found.map((layer) => layer.digest).join(' ')}`;
      }).toSorted();
    });
    assert.deepEqual(layers[0], layers[1]);
  });
});
