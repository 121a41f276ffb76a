import { posix } from 'node:path';

/** One `import`, `export … from`, `import()` or `require()` of a source file, type imports included. */
export interface Import {
  /** Paths are relative to the project's root, with `/`. */
  readonly from: string;
  /** A path of the project, or the name of a package or of a `node:` module. */
  readonly to: string;
  readonly isRelative: boolean;
}

/** Folders of `plugins/` that plugins stand on; everything else there is a plugin. */
const SHARED: ReadonlySet<string> = new Set(['linux', 'http', 'rpc', 'npd', 'kube']);

/** Packages that only one folder may know. */
const HOME_OF: readonly (readonly [packageName: RegExp, folder: string])[] = [
  [/^@grpc\/|^grpc-health-check$|^protobufjs(\/|$)/, 'plugins/rpc'],
  [/^@kubernetes\//, 'plugins/kube'],
  [/^prom-client(\/|$)/, 'plugins/http'],
  [/^dns-packet$/, 'plugins/network-verifier/dns'],
];

/** What `core` may not import: it is told what is true of the world, it does not look. */
const WORLD = /^node:(fs|net|tls|dns|dgram|https?|http2|child_process|cluster|worker_threads|readline|repl)(\/|$)/;

const SPECIFIER = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*['"]([^'"\n]+)['"]/g;

/** All imports in one file. Comments are left out, strings that look like imports are not. */
export function importsOf(path: string, text: string): readonly Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*/g, '$1');
  return [...code.matchAll(SPECIFIER)].map(([, specifier = '']) => {
    const isRelative = specifier.startsWith('.');
    return { from: path, to: isRelative ? posix.join(posix.dirname(path), specifier) : specifier, isRelative };
  });
}

/** The imports that point the wrong way, each as a sentence: `cli → plugins/<name> → linux | http | rpc | npd | kube → core`. */
export function wrongImports(imports: readonly Import[]): readonly string[] {
  return imports.flatMap((edge) => {
    const problem = edge.isRelative ? wrongDirection(edge) : wrongPackage(edge);
    return problem === undefined ? [] : [`${edge.from} imports ${edge.to}: ${problem}`];
  });
}

function wrongPackage({ from, to }: Import): string | undefined {
  if (/^(test|bench|scripts|examples)\//.test(from)) return undefined;
  if (areaOf(from) === 'core' && WORLD.test(to)) return 'core does no I/O';
  const home = HOME_OF.find(([packageName]) => packageName.test(to))?.[1];
  return home === undefined || from.startsWith(`${home}/`) ? undefined : `only ${home} may`;
}

function wrongDirection({ from, to }: Import): string | undefined {
  if (/^(test|bench|scripts|examples)\//.test(from)) return undefined;
  if (/^(test|bench|scripts|examples)\//.test(to)) return 'what ships knows nothing of tests, bench, scripts and examples';
  const [low, high] = [areaOf(to), areaOf(from)];
  if (low === high || high === 'cli' || low === 'core' || low === '') return undefined;
  if (low === 'cli') return 'nothing imports cli';
  if (high === 'core') return 'core imports only core';
  if (SHARED.has(high)) return `${high} imports only core`;
  return SHARED.has(low) ? undefined : 'plugins never import each other';
}

/** `core`, `rpc`, `host-inspector`, …, `cli`, or '' for a file at the root. */
function areaOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (!path.includes('/')) return '';
  return top === 'plugins' ? second : top;
}

/** One path per import cycle that a depth-first walk meets, e.g. `a.ts → b.ts → a.ts`. */
export function cyclesIn(imports: readonly Import[]): readonly string[] {
  const next = Map.groupBy(imports.filter(({ isRelative }) => isRelative), ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const { to } of next.get(path) ?? []) walk(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
  return cycles;
}
