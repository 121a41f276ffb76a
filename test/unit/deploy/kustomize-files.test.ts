import { assert } from 'chai';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { PROFILE_FOLDER, profileConfigFiles } from '../../../scripts/profile-config.ts';

const ROOT = join(import.meta.dirname, '../../..');

const FILES = globSync('kustomize/**/*.yaml', { cwd: ROOT }).toSorted();

/** Lines that give a Pod more than Kubernetes gives by itself. */
const PRIVILEGE = /^\s*(?:privileged: true|hostPID: true|hostNetwork: true|runAsUser: 0|runAsNonRoot: false|type: spc_t|runtimeClassName: .*)$/;

/** Its comment stands above it, or above what it is the last line of. */
const LINES_ABOVE = 5;

function lines(file: string): readonly string[] {
  return readFileSync(join(ROOT, file), 'utf8').split('\n');
}

function kustomization(folder: string): { readonly resources?: readonly string[]; readonly components?: readonly string[]; readonly [key: string]: unknown } {
  return parse(readFileSync(join(ROOT, folder, 'kustomization.yaml'), 'utf8')) as ReturnType<typeof kustomization>;
}

interface Operation {
  readonly op: string;
  readonly path: string;
}

/** Operations of JSON patches that go by a place in a list which was not tested before: the container by its name, an argument by itself. */
function unguarded(file: string): readonly string[] {
  if (!file.endsWith('kustomization.yaml')) return [];
  const { patches = [] } = kustomization(dirname(file)) as { readonly patches?: readonly { readonly patch?: string }[] };
  return patches.flatMap(({ patch = '' }) => {
    const operations = parse(patch) as readonly Operation[] | object;
    if (!Array.isArray(operations)) return [];
    const tested = new Set<string>();
    return (operations as readonly Operation[]).filter(({ op, path }) => {
      if (op === 'test') tested.add(path);
      const [, container = '', argument] = /^(.*\/containers\/\d+)\/(args\/\d+)?/.exec(path) ?? [];
      // What is added moves the others, and what stood there was tested.
      return op !== 'test' && !(tested.has(`${container}/name`) && (argument === undefined || op === 'add' || tested.has(path)));
    }).map(({ op, path }) => `${op} ${path}`);
  });
}

describe('kustomize/', () => {
  it('says why at every privilege', () => {
    const privileges = FILES.flatMap((file) => lines(file).flatMap((line, index) => (PRIVILEGE.test(line) ? [{ file, line: line.trim(), above: lines(file).slice(Math.max(0, index - LINES_ABOVE), index) }] : [])));
    assert.isAtLeast(privileges.length, 10);
    // The components whose only matter is the privilege say it at their head.
    const silent = privileges.filter(({ file, above }) => !above.some((line) => line.trim().startsWith('#')) && !lines(file)[0]?.startsWith('# '));
    assert.deepEqual(silent, []);
  });

  it('names images and their versions in one file', () => {
    const naming = FILES.filter((file) => lines(file).some((line) => /ghcr\.io|registry\.k8s\.io|registry\.example|newTag|\bv\d+\.\d+\.\d+\b/.test(line)));
    assert.deepEqual(naming, ['kustomize/components/images/kustomization.yaml']);
  });

  it('names no namespace but in the overlays', () => {
    const naming = FILES.filter((file) => !file.startsWith('kustomize/overlays/') && lines(file).some((line) => /^\s*namespace:/.test(line)));
    assert.deepEqual(naming, []);
  });

  it('has overlays that only list', () => {
    for (const folder of globSync('kustomize/overlays/*', { cwd: ROOT })) {
      assert.sameMembers(Object.keys(kustomization(folder)), ['apiVersion', 'kind', 'namespace', 'resources', 'components'], folder);
      assert.equal(kustomization(folder).components?.at(-1), '../../components/images', folder);
    }
  });

  it('patches nothing by its place in a list without a test that it is the right one, and says of every file what it is for', () => {
    for (const file of FILES) {
      assert.deepEqual(unguarded(file), [], file);
      if (file.endsWith('kustomization.yaml')) assert.match(lines(file)[0] ?? '', /^# /, file);
    }
  });

  it('reads no file that is not there, and has none that nobody reads', () => {
    const read = FILES.filter((file) => file.endsWith('kustomization.yaml')).flatMap((file) => {
      const { resources = [], configurations = [], patches = [] } = kustomization(dirname(file)) as {
        readonly resources?: readonly string[]; readonly configurations?: readonly string[]; readonly patches?: readonly { readonly path?: string }[];
      };
      return [...resources, ...configurations, ...patches.flatMap(({ path }) => (path === undefined ? [] : [path]))].filter((path) => path.endsWith('.yaml')).map((path) => join(dirname(file), path));
    });
    assert.sameMembers(read, FILES.filter((file) => !file.endsWith('kustomization.yaml')));
  });
});

describe('kustomize/components/profile-karpenter-aws', () => {
  it('holds what `npm run generate` makes of the conditions of that profile', async () => {
    for (const { name, text } of await profileConfigFiles()) assert.equal(readFileSync(join(ROOT, PROFILE_FOLDER, name), 'utf8'), text, name);
  });
});

describe('kustomize/README.md', () => {
  const readme = readFileSync(join(ROOT, 'kustomize/README.md'), 'utf8');

  it('has a line for every overlay and component', () => {
    for (const folder of globSync('kustomize/{overlays,components}/*', { cwd: ROOT })) {
      const name = folder.split('/').at(-1) ?? '';
      assert.match(readme, new RegExp(`^\\|[^|]*\`${name}\``, 'm'), folder);
    }
  });
});
