import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Command, IMAGES, type Order, digestIn, planOf, referenceOf, versionOfTag } from '../../scripts/image-commands.ts';
import { HELP, type ImageOptions, parseImageOptions } from '../../scripts/image-options.ts';

const ROOT = join(import.meta.dirname, '../..');
const facts = { version: '1.2.3', commit: '0123456789ab', date: '2026-01-02T03:04:05.000Z' };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function optionsOf(...more: readonly string[]): ImageOptions {
  const parsed = parseImageOptions(['--registry', 'registry.example.com:5000/team', '--tag', 'v1.2.3', ...more]);
  if (parsed.kind !== 'ok') throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function orderOf(...more: readonly string[]): Order {
  const [image] = IMAGES;
  if (image === undefined) throw new Error('there are no images');
  return { image, options: optionsOf(...more), facts, ownPlatform: 'linux/amd64', digestFile: '/tmp/digest' };
}

function told(commands: readonly Command[]): readonly string[] {
  return commands.map((command) => command.join(' '));
}

const REFERENCE = 'registry.example.com:5000/team/gpu-monitor:v1.2.3';
const UNFINISHED = 'localhost/npd-plugins-unfinished/registry.example.com-5000/team/gpu-monitor:v1.2.3';
const FACTS = '--build-arg VERSION=1.2.3 --build-arg COMMIT_HASH=0123456789ab --build-arg BUILD_DATE=2026-01-02T03:04:05.000Z';

const refused: readonly { readonly argv: readonly string[]; readonly message: RegExp }[] = [
  { argv: ['--tag', 'v1'], message: /^--registry is missing$/ },
  { argv: ['--registry', 'r.example.com'], message: /^--tag is missing$/ },
  { argv: ['--registry', 'https://r.example.com', '--tag', 'v1'], message: /^--registry: "https:.*" cannot be one/ },
  { argv: ['--registry', 'r.example.com/', '--tag', 'v1'], message: /^--registry: / },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1:2'], message: /^--tag: "v1:2" cannot be one/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--platform', 'linux/s390x'], message: /"linux\/s390x" is not one of linux\/amd64, linux\/arm64$/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--builder', 'kaniko'], message: /"kaniko" is not one of buildah, podman, docker$/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--builder', 'docker', '--volume', '/a:/b'], message: /^--volume: docker has no such thing/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--builder', 'docker', '--insecure'], message: /^--insecure: docker has no such thing/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--volume', 'a'], message: /^--volume: "a" cannot be one/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--build-arg', 'NAME'], message: /^--build-arg: "NAME" cannot be one/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', '--pull'], message: /Unknown option '--pull'/ },
  { argv: ['--registry', 'r.example.com', '--tag', 'v1', 'all'], message: /positional/ },
];

describe('npm run images', () => {
  for (const { argv, message } of refused) {
    it(`refuses ${argv.join(' ')}`, () => {
      const parsed = parseImageOptions(argv);
      assert.equal(parsed.kind, 'wrong');
      assert.match(parsed.kind === 'wrong' ? parsed.message : '', message);
    });
  }

  for (const builder of ['buildah', 'podman'] as const) {
    it(`makes one list of all platforms with ${builder}, not adding to one that is there, names it when it is whole, and pushes all of it`, () => {
      const { commands, clear } = planOf(builder, orderOf('--platform', 'linux/amd64,linux/arm64', '--base', 'r.example.com/node:26', '--volume', '/certs:/certs:ro', '--build-arg', 'A=b', '--insecure', '--push'));
      assert.deepEqual(told(clear), [`${builder} manifest rm ${UNFINISHED}`]);
      assert.deepEqual(told(commands), [
        `${builder} build --layers --manifest ${UNFINISHED} --platform linux/amd64,linux/arm64 --build-arg BUILDPLATFORM=linux/amd64 --file Dockerfile.gpu`
        + ` --build-arg BASE=r.example.com/node:26 ${FACTS} --build-arg A=b --volume /certs:/certs:ro --tls-verify=false .`,
        `${builder} tag ${UNFINISHED} ${REFERENCE}`,
        `${builder} manifest push --all --tls-verify=false --digestfile /tmp/digest ${REFERENCE} docker://${REFERENCE}`,
      ]);
    });
  }

  it('builds for this machine, and pushes nothing, unless it is told to', () => {
    assert.deepEqual(told(planOf('buildah', orderOf()).commands), [
      `buildah build --layers --manifest ${UNFINISHED} --platform linux/amd64 --build-arg BUILDPLATFORM=linux/amd64 --file Dockerfile.gpu ${FACTS} .`,
      `buildah tag ${UNFINISHED} ${REFERENCE}`,
    ]);
    assert.deepEqual(told(planOf('docker', orderOf('--no-cache')).commands), [`docker buildx build --tag ${REFERENCE} --file Dockerfile.gpu ${FACTS} --no-cache --load --provenance=false .`]);
  });

  it('builds and pushes in one step with docker', () => {
    assert.deepEqual(told(planOf('docker', orderOf('--platform', 'linux/arm64,linux/amd64', '--push')).commands), [
      `docker buildx build --tag ${REFERENCE} --platform linux/arm64,linux/amd64 --file Dockerfile.gpu ${FACTS} --push --metadata-file /tmp/digest --provenance=false .`,
    ]);
  });

  it('takes the version from a tag that is one', () => {
    assert.deepEqual(['v1.2.3', '1.2.3', 'v1.2.3-rc.1', 'latest', 'v1', 'main-1.2.3'].map(versionOfTag), ['1.2.3', '1.2.3', '1.2.3-rc.1', undefined, undefined, undefined]);
  });

  it('reads the digest from what buildah, podman and docker write', () => {
    const metadata = JSON.stringify({ 'containerimage.config.digest': `sha256:${'f'.repeat(64)}`, 'containerimage.digest': DIGEST });
    assert.deepEqual([DIGEST, `${DIGEST}\n`, metadata, 'nothing'].map(digestIn), [DIGEST, DIGEST, DIGEST, undefined]);
  });

  it('names both images below the registry', () => {
    assert.deepEqual(IMAGES.map((image) => referenceOf(image, optionsOf())), [REFERENCE, 'registry.example.com:5000/team/node-plugins:v1.2.3']);
  });

  it('says what to install where nothing builds, and what is wrong with a command line', () => {
    const run = (...args: readonly string[]) => spawnSync(process.execPath, [join(ROOT, 'scripts/images.ts'), ...args], { encoding: 'utf8', env: { PATH: '/nowhere' } });
    const [help, none, named, wrong] = [run('--help'), run('--registry', 'r.example.com', '--tag', 'v1'), run('--registry', 'r.example.com', '--tag', 'v1', '--builder', 'docker'), run('--tag', 'v1')];
    assert.deepEqual([help.status, help.stdout], [0, `${HELP}\n`]);
    assert.equal(none.status, 69);
    assert.match(none.stderr, /^images: neither buildah nor podman nor docker with buildx is here; install one of them, e\.g\. apt-get install buildah/);
    assert.equal(named.status, 69);
    assert.match(named.stderr, /^images: docker buildx version does not work here; install/);
    assert.deepEqual([wrong.status, wrong.stderr], [64, 'images: --registry is missing\n']);
  });
});
