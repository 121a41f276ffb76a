import type { BuildFacts } from './build-facts.ts';
import type { Builder, ImageOptions } from './image-options.ts';

export interface Image {
  readonly name: string;
  readonly dockerfile: string;
}

export const IMAGES: readonly Image[] = [
  { name: 'gpu-monitor', dockerfile: 'Dockerfile.gpu' },
  { name: 'node-plugins', dockerfile: 'Dockerfile.node' },
];

export type Command = readonly [string, ...string[]];

export interface Plan {
  /** May fail: takes away what an earlier run has left under the same name. */
  readonly before: readonly Command[];
  readonly commands: readonly Command[];
}

/** What a builder is given for one image. */
export interface Order {
  readonly image: Image;
  readonly options: ImageOptions;
  readonly facts: BuildFacts;
  /** e.g. `linux/amd64`. */
  readonly ownPlatform: string;
  /** The builder writes there what was pushed: its digest alone, or a document that names it (Docker). */
  readonly digestFile: string;
}

/** `registry.example.com/team/gpu-monitor:v0.1.0`. */
export function referenceOf({ name }: Image, { registry, tag }: ImageOptions): string {
  return `${registry}/${name}:${tag}`;
}

/** The version that a tag names, without its `v`; undefined for a tag such as `latest`. */
export function versionOfTag(tag: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+(?:[-.]\S*)?)$/.exec(tag)?.[1];
}

export function planOf(builder: Builder, order: Order): Plan {
  return builder === 'docker' ? dockerPlan(order) : containersPlan(builder, order);
}

/** buildah and podman are two faces of one library. Of both, a list that is there already would only get more entries. */
function containersPlan(builder: 'buildah' | 'podman', order: Order): Plan {
  const { image, options, ownPlatform, digestFile } = order;
  const reference = referenceOf(image, options);
  const tls = options.isInsecure ? ['--tls-verify=false'] : [];
  const build: Command = [
    builder, 'build', '--layers', '--manifest', reference,
    '--platform', (options.platforms.length === 0 ? [ownPlatform] : options.platforms).join(','),
    // Known in FROM from buildah 1.29 on; told, it is known in older ones, too.
    '--build-arg', `BUILDPLATFORM=${ownPlatform}`,
    ...commonFlags(order),
    ...options.volumes.flatMap((volume) => ['--volume', volume]),
    ...tls,
    '.',
  ];
  const push: Command = [builder, 'manifest', 'push', '--all', ...tls, '--digestfile', digestFile, reference, `docker://${reference}`];
  return { before: [[builder, 'manifest', 'rm', reference], [builder, 'rmi', reference]], commands: options.push ? [build, push] : [build] };
}

function dockerPlan(order: Order): Plan {
  const { image, options, digestFile } = order;
  const build: Command = [
    'docker', 'buildx', 'build', '--tag', referenceOf(image, options),
    ...(options.platforms.length === 0 ? [] : ['--platform', options.platforms.join(',')]),
    ...commonFlags(order),
    // Where it is not pushed, it is kept as `docker run` finds it. For several platforms that needs Docker's containerd image store.
    ...(options.push ? ['--push', '--metadata-file', digestFile] : ['--load']),
    // Statements about the build make a list of one platform a list of two, which older registries and tools do not understand.
    '--provenance=false',
    '.',
  ];
  return { before: [], commands: [build] };
}

function commonFlags({ image, options, facts }: Order): readonly string[] {
  const args = [
    ...(options.base === undefined ? [] : [`BASE=${options.base}`]),
    `VERSION=${facts.version}`, `COMMIT_HASH=${facts.commit}`, `BUILD_DATE=${facts.date}`,
    ...options.buildArgs,
  ];
  return ['--file', image.dockerfile, ...args.flatMap((arg) => ['--build-arg', arg]), ...(options.isCached ? [] : ['--no-cache'])];
}

/** Of what the builder has written; undefined where it names none. */
export function digestIn(text: string): string | undefined {
  return /(?<![\w.])sha256:[\da-f]{64}/.exec(/"containerimage\.digest":\s*"[^"]*"/.exec(text)?.[0] ?? text)?.[0];
}
