import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';

import { buildFacts } from './build-facts.ts';
import { grpcInBundle } from './bundle-grpc.ts';
import { licencesOf } from './licences.ts';

/**
 * Bundles the program into `dist/npd-plugins.mjs` and chunks beside it.
 *
 *     node scripts/build.ts [--out DIR] [--entry FILE]
 *
 * FILE is another program to bundle under the same name: cli/main.ts with a monitor more (examples/own-monitor).
 *
 * Chunks instead of one file: what serving does not need (reflection, the log formatter for people) is
 * neither read nor compiled, which is 2 to 3 MiB of private memory less. VERSION, COMMIT_HASH and BUILD_DATE are shown by
 * `--version`; the same input gives the same bytes if BUILD_DATE or SOURCE_DATE_EPOCH is set.
 */

const ROOT = join(import.meta.dirname, '..');

/** CommonJS packages inside an ES module expect these three; the name is odd so that no other declaration meets it. */
const BANNER = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
].join('\n');

/** A `require` of its own costs each chunk 10 KiB and 0.1 ms, and sixty chunks are loaded to serve: only those keep the banner that name one of the three. */
function withoutIdleBanner(text: string): string {
  const rest = text.replace(`${BANNER}\n`, '');
  return /\b(?:require|__dirname|__filename)\b/.test(rest) ? text : rest;
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') }, entry: { type: 'string', default: join(ROOT, 'cli/main.ts') } } });
const { version, commit, date } = buildFacts(ROOT, process.env);
rmSync(values.out, { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: { 'npd-plugins': resolve(values.entry) },
  outdir: values.out,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  banner: { js: BANNER },
  define: {
    BUILD_VERSION: JSON.stringify(version),
    BUILD_COMMIT: JSON.stringify(commit),
    BUILD_DATE: JSON.stringify(date),
  },
  plugins: [grpcInBundle()],
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
});
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, withoutIdleBanner(text), { mode: text.startsWith('#!') ? 0o755 : 0o644 });
}
writeFileSync(join(values.out, 'LICENSES.txt'), licencesOf(ROOT, metafile));
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.error(`${relative(process.cwd(), join(values.out, 'npd-plugins.mjs'))}: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1_024)} KiB`);
