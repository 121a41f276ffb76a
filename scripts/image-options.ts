import { parseArgs } from 'node:util';

/** Who builds. Each is asked for in this order where `--builder` names none. */
export const BUILDERS = ['buildah', 'podman', 'docker'] as const;
export type Builder = (typeof BUILDERS)[number];

/** Docker's names; scripts/image-root.sh knows these two. */
const PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];

export interface ImageOptions {
  readonly registry: string;
  readonly tag: string;
  /** Empty for the one of this machine. */
  readonly platforms: readonly string[];
  readonly push: boolean;
  readonly builder: Builder | undefined;
  readonly base: string | undefined;
  readonly buildArgs: readonly string[];
  readonly volumes: readonly string[];
  /** A registry without TLS, or whose certificate nobody knows. */
  readonly isInsecure: boolean;
  readonly isCached: boolean;
}

export type Parsed = { readonly kind: 'help' } | { readonly kind: 'ok'; readonly options: ImageOptions } | { readonly kind: 'wrong'; readonly message: string };

export const HELP = `Builds both images, gpu-monitor and node-plugins, each as one manifest list for all platforms.

    npm run images -- --registry REGISTRY --tag TAG [--platform linux/amd64,linux/arm64] [--push]

  --registry REGISTRY      where the images belong, with the path in front of their names: registry.example.com/team
  --tag TAG                e.g. v0.1.0; the program tells it as its version, unless VERSION is set
  --platform LIST          linux/amd64, linux/arm64 or both; by default that of this machine
  --push                   pushes them, and tells the digests to pin them by
  --builder NAME           buildah, podman or docker (with buildx); by default the first of them that is there
  --base IMAGE             in place of the Node.js image that the Dockerfiles name
  --build-arg NAME=VALUE   passed on to the build; may stand several times
  --volume SRC:DST[:ro]    mounted while building, e.g. certificates of a proxy; buildah and podman only; may stand several times
  --insecure               for a registry without TLS, or whose certificate nobody knows; buildah and podman only
  --no-cache               builds every step anew, so that the newest Debian packages are in the images
  --help

COMMIT_HASH, BUILD_DATE or SOURCE_DATE_EPOCH, and VERSION are taken from the environment; else they are found out.
`;

/** What a registry's address and a path below it may hold; see the grammar in distribution/reference. */
const REGISTRY = /^[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?(?:\/[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

export function parseImageOptions(argv: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        registry: { type: 'string' },
        tag: { type: 'string' },
        platform: { type: 'string' },
        push: { type: 'boolean', default: false },
        builder: { type: 'string' },
        base: { type: 'string' },
        'build-arg': { type: 'string', multiple: true, default: [] },
        volume: { type: 'string', multiple: true, default: [] },
        insecure: { type: 'boolean', default: false },
        'no-cache': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const options: ImageOptions = {
      registry: matching('--registry', values.registry, REGISTRY),
      tag: matching('--tag', values.tag, TAG),
      platforms: values.platform === undefined ? [] : platformsOf(values.platform),
      push: values.push,
      builder: values.builder === undefined ? undefined : builderOf(values.builder),
      base: values.base,
      buildArgs: values['build-arg'].map((text) => matching('--build-arg', text, /^[A-Za-z_]\w*=/)),
      volumes: values.volume.map((text) => matching('--volume', text, /^[^:]+:\/[^:]*(?::[^:]+)?$/)),
      isInsecure: values.insecure,
      isCached: !values['no-cache'],
    };
    if (options.builder === 'docker') refuseForDocker(options);
    return { kind: 'ok', options };
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
}

function refuseForDocker({ volumes, isInsecure }: ImageOptions): void {
  if (volumes.length > 0) throw new Error('--volume: docker has no such thing; use buildah or podman, or a --base with the file in it');
  if (isInsecure) throw new Error('--insecure: docker has no such thing; use buildah or podman, or name the registry in the configuration of buildx');
}

function matching(name: string, value: string | undefined, pattern: RegExp): string {
  if (value === undefined) throw new Error(`${name} is missing`);
  if (!pattern.test(value)) throw new Error(`${name}: ${JSON.stringify(value)} cannot be one; see --help`);
  return value;
}

function platformsOf(list: string): readonly string[] {
  const platforms = list.split(',');
  const unknown = platforms.find((platform) => !PLATFORMS.includes(platform));
  if (unknown !== undefined) throw new Error(`--platform: ${JSON.stringify(unknown)} is not one of ${PLATFORMS.join(', ')}`);
  return [...new Set(platforms)];
}

function builderOf(name: string): Builder {
  const builder = BUILDERS.find((known) => known === name);
  if (builder === undefined) throw new Error(`--builder: ${JSON.stringify(name)} is not one of ${BUILDERS.join(', ')}`);
  return builder;
}
