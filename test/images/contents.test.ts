import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OTHER_ARCHITECTURE, OWN_ARCHITECTURE } from '../support/image-base.ts';
import { type BuiltImages, builtImages, disposeOfImages } from '../support/image-built.ts';
import { type Content, LIBRARIES, MOUNT_POINTS, OTHER_FILES, PROGRAMS } from '../support/image-contents.ts';
import { ELF_MACHINES, type Elf, readElf } from '../support/image-elf.ts';
import { whyNoImages } from '../support/image-store.ts';
import { type Entry, resolveIn, treeOf } from '../support/image-tree.ts';

const noImages = whyNoImages();

interface Unpacked {
  readonly root: string;
  readonly entries: readonly Entry[];
  /** Programs and libraries by path. */
  readonly elf: ReadonlyMap<string, Elf>;
}

async function unpacked({ store }: BuiltImages, image: string, architecture: string): Promise<Unpacked> {
  const root = await store.unpack(image, architecture);
  const entries = treeOf(root);
  const elf = entries.filter(({ kind }) => kind === 'file').map(({ path }) => [path, readElf(join(root, path))] as const).filter((entry): entry is readonly [string, Elf] => entry[1] !== undefined);
  return { root, entries, elf: new Map(elf) };
}

function unaccounted(paths: readonly string[], contents: readonly Content[]): readonly string[] {
  return paths.filter((path) => !contents.some((content) => content.path.test(path)));
}

function missing(paths: readonly string[], contents: readonly Content[]): readonly string[] {
  return contents.filter((content) => !paths.some((path) => content.path.test(path))).map(({ path, why }) => `${path.source} (${why})`);
}

/** What asks for a library or a loader that is not there. */
function unresolved({ entries, elf }: Unpacked): readonly string[] {
  const folder = [...elf.keys()].find((path) => path.endsWith('/libc.so.6'))?.replace(/\/libc\.so\.6$/, '') ?? '';
  return [...elf].flatMap(([path, { needed, interpreter }]) => [
    ...needed.filter((name) => resolveIn(entries, `${folder}/${name}`) === undefined),
    ...(interpreter === undefined || resolveIn(entries, interpreter) !== undefined ? [] : [interpreter]),
  ].map((name) => `${path}: ${name}`));
}

after(disposeOfImages);

describe(noImages === undefined ? 'what is in the images' : `what is in the images (skipped: ${noImages})`, () => {
  let images: BuiltImages;
  let gpu: Unpacked;
  let node: Unpacked;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    images = await builtImages();
    gpu = await unpacked(images, images.gpu, OWN_ARCHITECTURE);
    node = await unpacked(images, images.node, OWN_ARCHITECTURE);
  });

  it('every program and every library has its reason, and none is missing', () => {
    const runnable = gpu.entries.filter(({ path, kind, mode }) => kind === 'file' && (gpu.elf.has(path) || ((mode & 0o111) !== 0 && !path.endsWith('.mjs')))).map(({ path }) => path);
    assert.deepEqual({ unaccounted: unaccounted(runnable, [...PROGRAMS, ...LIBRARIES]), missing: missing(runnable, [...PROGRAMS, ...LIBRARIES]) }, { unaccounted: [], missing: [] });
  });

  it('every other file has its reason, too: no node_modules, no npm, no sources, no apt and no dpkg', () => {
    const own = OTHER_FILES.filter(({ why }) => !why.endsWith(`for ${OTHER_ARCHITECTURE} look for it`));
    const files = gpu.entries.filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
    assert.deepEqual({ unaccounted: unaccounted(files, [...PROGRAMS, ...LIBRARIES, ...OTHER_FILES]), missing: missing(files, own) }, { unaccounted: [], missing: [] });
    assert.deepEqual(gpu.entries.filter(({ isEmptyFolder }) => isEmptyFolder).map(({ path }) => path), MOUNT_POINTS);
  });

  it('whatever a program or library asks the loader for is there, and no library is there that nobody asks for', () => {
    assert.deepEqual(unresolved(gpu), []);
    const needed = new Set([...gpu.elf.values()].flatMap((each) => each.needed));
    const idle = LIBRARIES.filter(({ name, isForGuests }) => isForGuests !== true && !name.startsWith('ld-linux') && !needed.has(name)).map(({ name }) => name);
    assert.deepEqual(idle, []);
  });

  it('both images are made of the same layers', async () => {
    const [{ layers: ofGpu }, { layers: ofNode }] = [await images.store.configOf(images.gpu, OWN_ARCHITECTURE), await images.store.configOf(images.node, OWN_ARCHITECTURE)];
    assert.equal(ofGpu.length, 3);
    assert.deepEqual(ofGpu, ofNode);
  });

  it('no file tells when it was built, so that the same files are the same layer', () => {
    const timed = gpu.entries.filter(({ path, modifiedMs }) => modifiedMs !== 0 && path !== 'usr/local/bin/node' && path !== 'usr/share/doc/nodejs/copyright').map(({ path }) => path);
    assert.deepEqual(timed, []);
  });

  it('nobody but root may change a file, and only the folders of the plugins and /tmp can be written by others', () => {
    const others = gpu.entries.filter(({ kind, mode, owner }) => kind !== 'link' && (owner !== '0:0' || (mode & 0o022) !== 0));
    assert.deepEqual(others.map(({ path, owner, mode }) => `${path} ${owner} ${mode.toString(8)}`), ['run/npd 0:65532 2770', 'tmp 0:0 1777', 'var/lib/npd-plugins 0:65532 2770']);
    assert.deepEqual(node.entries, gpu.entries);
  });

  it('scanners find each Debian package with its version and the files that are taken from it, and its licence is there', () => {
    const status = gpu.entries.filter(({ path, kind }) => kind === 'file' && path.startsWith('var/lib/dpkg/status.d/') && !path.endsWith('.md5sums')).map(({ path }) => path);
    assert.deepEqual(status.map((path) => path.split('/').at(-1)), [
      'adjtimex', 'base-files', 'coreutils', 'dash', 'gcc-12-base', 'libacl1', 'libatomic1', 'libattr1', 'libc6', 'libgcc-s1', 'libpcre2-8-0', 'libselinux1', 'libstdc++6',
    ]);
    for (const path of status) {
      const text = readFileSync(join(gpu.root, path), 'utf8');
      for (const field of ['Package', 'Version', 'Architecture', 'Maintainer']) assert.match(text, new RegExp(`^${field}: \\S`, 'm'), path);
      const sums = readFileSync(join(gpu.root, `${path}.md5sums`), 'utf8').trimEnd().split('\n').filter(Boolean);
      assert.deepEqual(sums.filter((line) => resolveIn(gpu.entries, line.slice(34)) === undefined), [], path);
      assert.isDefined(resolveIn(gpu.entries, `usr/share/doc/${path.split('/').at(-1)}/copyright`), path);
    }
  });

  it('the image for the other platform holds files of that platform alone, and all that they ask for', async function () {
    if (images.base.whyNoOther !== undefined) {
      this.test!.title += ` (skipped: no Node.js for ${OTHER_ARCHITECTURE}: ${images.base.whyNoOther})`;
      this.skip();
    }
    this.timeout(60_000);
    const other = await unpacked(images, images.node, OTHER_ARCHITECTURE);
    const machines = (of: Unpacked): readonly number[] => [...new Set([...of.elf.values()].map(({ machine }) => machine))];
    assert.deepEqual([machines(other), machines(gpu)], [[ELF_MACHINES[OTHER_ARCHITECTURE]], [ELF_MACHINES[OWN_ARCHITECTURE]]]);
    assert.deepEqual(unresolved(other), []);
    const runnable = [...other.elf.keys()];
    assert.deepEqual(unaccounted(runnable, [...PROGRAMS, ...LIBRARIES]), []);
    assert.equal(runnable.length, gpu.elf.size);
  });
});
