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
  readonly commands: readonly Command[];
  /** Takes a name away that only this run needs, and may find nothing to take away. Run after the others, and before them, for what a run left that was cut off. */
  readonly clear: readonly Command[];
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

/**
 * buildah and podman are two faces of one library. In both, a list that is there already would only get more entries, so that it is made
 * under another name, and named as it should be when it is whole: what was built before stays if this one fails. A name moves to what is
 * tagged with it, and `manifest rm` of a list with two names takes away the name alone.
 */
function containersPlan(builder: 'buildah' | 'podman', order: Order): Plan {
  const { image, options, ownPlatform, digestFile } = order;
  const reference = referenceOf(image, options);
  const unfinished = `localhost/npd-plugins-unfinished/${reference.replace(/:(?=.*\/)/, '-')}`;
  const tls = options.isInsecure ? ['--tls-verify=false'] : [];
  const build: Command = [
    builder, 'build', '--layers', '--manifest', unfinished,
    '--platform', (options.platforms.length === 0 ? [ownPlatform] : options.platforms).join(','),
    // Known in FROM from buildah 1.29 on; told, it is known in older ones, too.
    '--build-arg', `BUILDPLATFORM=${ownPlatform}`,
    ...commonFlags(order),
    ...options.volumes.flatMap((volume) => ['--volume', volume]),
    ...tls,
    '.',
  ];
  const push: Command = [builder, 'manifest', 'push', '--all', ...tls, '--digestfile', digestFile, reference, `docker://${reference}`];
  const name: Command = [builder, 'tag', unfinished, reference];
  return { commands: options.push ? [build, name, push] : [build, name], clear: [[builder, 'manifest', 'rm', unfinished]] };
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
  // Docker names it when it is whole.
  return { commands: [build], clear: [] };
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
