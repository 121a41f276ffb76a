import { assert } from 'chai';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { OWN_ARCHITECTURE } from '../support/image-base.ts';
import { type BuiltImages, builtImages, disposeOfImages, unpackOwn } from '../support/image-built.ts';
import { LIBRARIES, PROGRAMS } from '../support/image-contents.ts';
import { whyNoImages } from '../support/image-store.ts';

const ROOT = join(import.meta.dirname, '../..');
const noImages = whyNoImages();
const run = promisify(execFile);

const TITLES: Readonly<Record<string, readonly [title: string, description: string]>> = {
  gpu: ['gpu-monitor', 'Health of NVIDIA GPUs for the Kubernetes Node Problem Detector'],
  node: ['node-plugins', 'Health of the node itself for the Kubernetes Node Problem Detector'],
};

/** What the program in an unpacked image says. */
async function said(root: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('chroot', ['--userspec=65532:65532', root, '/usr/local/bin/npd-plugins', ...args], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } });
  return stdout.trim();
}

/** Instructions of a Dockerfile, without what tells one image from the other. */
function common(name: string): string {
  const text = readFileSync(join(ROOT, name), 'utf8').replaceAll(/^#.*\n/gm, '');
  return text.replace(/title="[^"]*"/, 'title').replace(/description="[^"]*"/, 'description').replace(/^USER [\s\S]*/m, 'USER');
}

after(disposeOfImages);

describe('Dockerfile.gpu and Dockerfile.node', () => {
  it('do the same but for name, user and entry point', () => {
    assert.equal(common('Dockerfile.gpu'), common('Dockerfile.node'));
  });

  it('name the version of package.json and the Node.js that the tests run on', () => {
    const text = readFileSync(join(ROOT, 'Dockerfile.gpu'), 'utf8');
    assert.include(text, `\nARG VERSION=${packageJson.version}\n`);
    assert.include(text, `\nARG BASE=docker.io/library/node:${packageJson.devDependencies.node}-bookworm-slim\n`);
  });
});

describe('docs/images.md', () => {
  const text = readFileSync(join(ROOT, 'docs/images.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `/usr/') || line.startsWith('| `lib') || line.startsWith('| `ld-'));

  it('has each program and library of the images, with its reason, and no other', () => {
    const programs = PROGRAMS.map(({ path, why }) => `| \`/${path.source.replaceAll(/[\\^$]/g, '')}\` | ${why} |`);
    assert.deepEqual(rows, [...programs, ...LIBRARIES.map(({ name, why }) => `| \`${name}\` | ${why} |`)]);
  });
});

describe(noImages === undefined ? 'the built images' : `the built images (skipped: ${noImages})`, () => {
  let images: BuiltImages;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    images = await builtImages();
  });

  it('say who they are, what they start and as which user', async () => {
    const { gpu, node, store, version, commit, date } = images;
    for (const [key, image] of [['gpu', gpu], ['node', node]] as const) {
      const { Entrypoint, Cmd, User, Env, Labels = {} } = await store.configOf(image, OWN_ARCHITECTURE);
      const [title, description] = TITLES[key] ?? [];
      const labels = Object.entries(Labels).filter(([name]) => name.startsWith('org.opencontainers.image.')).map(([name, value]) => [name.slice('org.opencontainers.image.'.length), value]);
      assert.deepEqual(Object.fromEntries(labels), { title, description, licenses: 'Apache-2.0', version, revision: commit, created: date });
      assert.deepEqual(Env, ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'MALLOC_ARENA_MAX=1']);
      assert.deepEqual([User, Entrypoint, Cmd ?? []], key === 'gpu'
        ? ['65532:65532', ['/usr/local/bin/npd-plugins', 'serve', 'gpu-monitor'], []]
        : ['0:0', ['/usr/local/bin/npd-plugins', 'serve'], ['host-inspector']]);
    }
  });

  it('tell version, commit and date of their build, with nothing but what is in them', async () => {
    const { gpu, node, version, commit, date } = images;
    for (const image of [gpu, node]) assert.equal(await said(await unpackOwn(images, image), '--version'), `npd-plugins ${version} (commit ${commit}, built ${date})`);
  });

  it('are one list each, with one entry for each platform and none of an earlier build', async () => {
    for (const image of [images.gpu, images.node]) {
      const { manifests } = JSON.parse(await images.store.buildah('manifest', 'inspect', image)) as { manifests: readonly { platform: { os: string; architecture: string } }[] };
      assert.sameMembers(manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`), images.base.architectures.map((name) => `linux/${name}`));
    }
  });

  it('are less than 80 MB to fetch, both together', async function () {
    this.timeout(120_000);
    const root = await unpackOwn(images, images.node);
    const size = async (command: string): Promise<number> => Number((await run('sh', ['-c', `${command} | wc -c`, 'sh', root])).stdout);
    const [unpacked, packed] = [await size('tar -C "$1" -c .'), await size('tar -C "$1" -c . | gzip')];
    console.log(`      each image, all its layers shared with the other: ${Math.round(unpacked / 1e6)} MB, ${Math.round(packed / 1e6)} MB compressed`);
    assert.isBelow(packed, 80e6);
  });

  it('are built from a clean clone, as well, by the builder alone, and know their commit without git', async function () {
    this.timeout(600_000);
    const clone = join(images.store.folder, 'clone');
    await run('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, clone]);
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD'], { cwd: clone });
    await images.store.buildah('build', '--layers', '--build-arg', `BASE=${images.base.name}`, '--file', join(clone, 'Dockerfile.node'), '--tag', 'localhost/plain', clone);
    assert.match(await said(await unpackOwn(images, 'localhost/plain'), '--version'), new RegExp(`^npd-plugins ${packageJson.version} \\(commit ${commit.slice(0, 12)}, built 2\\d{3}-`));
  });

  it('carry a monitor of one\'s own, whose image is made on top of node-plugins', async function () {
    this.timeout(600_000);
    const [file, name] = [join(ROOT, 'examples/own-monitor/Dockerfile'), 'localhost/own-monitor'];
    await images.store.buildah('build', '--layers', '--pull-never', '--build-arg', `BASE=${images.base.name}`, '--build-arg', `IMAGE=${images.node}`, '--file', file, '--tag', name, ROOT);
    const { Entrypoint, Cmd, User } = await images.store.configOf(name, OWN_ARCHITECTURE);
    assert.deepEqual([User, Entrypoint, Cmd ?? []], ['65532:65532', ['/usr/local/bin/npd-plugins', 'serve', 'reboot-monitor'], []]);
    const root = await unpackOwn(images, name);
    mkdirSync(join(root, 'host/proc'));
    writeFileSync(join(root, 'host/proc/version'), 'Linux version 6.8.0-45-generic (builder@example) #1 SMP\n');
    assert.match(await said(root, 'check', 'reboot-monitor', '--host-root=/host'), /^ *RebootPending +False /m);
  });
});
