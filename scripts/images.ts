import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildFacts } from './build-facts.ts';
import { type Command, IMAGES, type Plan, digestIn, planOf, referenceOf, versionOfTag } from './image-commands.ts';
import { BUILDERS, type Builder, HELP, type ImageOptions, parseImageOptions } from './image-options.ts';

/** `npm run images`, see --help; docs/images.md tells more. */

const ROOT = join(import.meta.dirname, '..');

/** Which program shows that a builder is there: of docker, the part that builds for several platforms is a plugin of its own. */
const PROBES: Readonly<Record<Builder, Command>> = {
  buildah: ['buildah', '--version'],
  podman: ['podman', '--version'],
  docker: ['docker', 'buildx', 'version'],
};

function isThere(builder: Builder): boolean {
  const [command, ...args] = PROBES[builder];
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function findBuilder({ builder: wanted, volumes, isInsecure }: ImageOptions): Builder | undefined {
  if (wanted !== undefined) return isThere(wanted) ? wanted : undefined;
  return BUILDERS.find((builder) => (builder !== 'docker' || (volumes.length === 0 && !isInsecure)) && isThere(builder));
}

function isDone([command, ...args]: Command, stdio: 'ignore' | 'inherit'): boolean {
  return spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', stdio, stdio] }).status === 0;
}

function isBuilt({ commands, clear }: Plan): boolean {
  const cleared = (): void => clear.forEach((command) => isDone(command, 'ignore'));
  cleared();
  try {
    return commands.every((command) => {
      console.error(`+ ${command.join(' ')}`);
      return isDone(command, 'inherit');
    });
  } finally {
    cleared();
  }
}

/** One image after the other: the second finds almost all steps of the first in the cache. */
function buildAll(builder: Builder, options: ImageOptions, scratch: string): number {
  const version = process.env['VERSION'] || versionOfTag(options.tag);
  const facts = buildFacts(ROOT, { ...process.env, ...(version !== undefined && { VERSION: version }) });
  const ownPlatform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  for (const image of IMAGES) {
    const digestFile = join(scratch, image.name);
    if (!isBuilt(planOf(builder, { image, options, facts, ownPlatform, digestFile }))) {
      console.error(`images: ${builder} failed for ${image.name}`);
      return 1;
    }
    const reference = referenceOf(image, options);
    const digest = digestIn(existsSync(digestFile) ? readFileSync(digestFile, 'utf8') : '');
    if (options.push && digest === undefined) {
      // buildah 1.28 ends with 0 and no word where it could not reach the registry.
      console.error(`images: ${builder} did not push ${reference}: no digest was told; can the registry be reached, does it speak TLS (else --insecure), and are you logged in?`);
      return 1;
    }
    console.log(digest === undefined ? reference : `${reference}@${digest}`);
  }
  return 0;
}

function main(): number {
  const parsed = parseImageOptions(process.argv.slice(2));
  if (parsed.kind === 'help') {
    console.log(HELP);
    return 0;
  }
  if (parsed.kind === 'wrong') {
    console.error(`images: ${parsed.message}`);
    return 64;
  }
  const { options } = parsed;
  const builder = findBuilder(options);
  if (builder === undefined) {
    const missing = options.builder === undefined ? 'neither buildah nor podman nor docker with buildx is here' : `${PROBES[options.builder].join(' ')} does not work here`;
    console.error(`images: ${missing}; install one of them, e.g. apt-get install buildah, or the package docker-buildx-plugin beside Docker`);
    return 69;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'npd-plugins-images-'));
  try {
    return buildAll(builder, options, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = main();
