import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';

import packageJson from '../package.json' with { type: 'json' };
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
 * neither read nor compiled, which is 2 to 3 MiB of private memory less. The same input gives the same bytes: set
 * SOURCE_DATE_EPOCH or BUILD_DATE, and COMMIT_HASH where there is no git.
 */

const ROOT = join(import.meta.dirname, '..');

/** CommonJS packages inside an ES module expect these three; the name is odd so that no other declaration meets it. */
const BANNER = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
].join('\n');

function commitHash(): string {
  const given = process.env['COMMIT_HASH'];
  if (given !== undefined && given !== '') return given;
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** ISO 8601; see reproducible-builds.org/specs/source-date-epoch for the variable, which holds seconds. */
function buildDate(): string {
  const { BUILD_DATE: given, SOURCE_DATE_EPOCH: epoch } = process.env;
  if (given !== undefined && given !== '') return given;
  if (epoch === undefined || epoch === '') return new Date().toISOString();
  if (!/^\d{1,12}$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(epoch)}`);
  return new Date(Number(epoch) * 1_000).toISOString();
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') }, entry: { type: 'string', default: join(ROOT, 'cli/main.ts') } } });
rmSync(values.out, { recursive: true, force: true });
const { metafile } = await build({
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
    BUILD_VERSION: JSON.stringify(packageJson.version),
    BUILD_COMMIT: JSON.stringify(commitHash()),
    BUILD_DATE: JSON.stringify(buildDate()),
  },
  plugins: [grpcInBundle()],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(join(values.out, 'LICENSES.txt'), licencesOf(ROOT, metafile));
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.error(`${relative(process.cwd(), join(values.out, 'npd-plugins.mjs'))}: ${Object.keys(metafile.outputs).length} files, ${Math.round(bytes / 1_024)} KiB`);
