import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Metafile } from 'esbuild';

/** Folders of the packages whose code went into the bundle, e.g. `node_modules/pino`. */
function packagesIn({ inputs }: Metafile): readonly string[] {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
  return [...new Set(Object.keys(inputs).flatMap((path) => folder.exec(path) ?? []))].toSorted();
}

/** The licence texts of all packages inside a bundle: they ask to travel with the code. `root` is where the metafile's paths start. */
export function licencesOf(root: string, metafile: Metafile): string {
  const texts = packagesIn(metafile).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, string>;
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).toSorted();
    const bodies = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trimEnd());
    return [`${name} ${version} (${license})`, ...bodies].join('\n\n');
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
