import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { assert } from 'chai';

import packageJson from '../../../package.json' with { type: 'json' };

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, LockedPackage>> };
const { '': _project, ...locked } = packages;
const declared: Readonly<Record<string, string>> = { ...packageJson.dependencies, ...packageJson.devDependencies };

describe('the package', () => {
  it('runs its tests on the Node.js that it pins', () => {
    assert.equal(process.versions.node, packageJson.devDependencies.node);
  });

  it('names every dependency with one exact version', () => {
    const loose = Object.entries(declared).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(loose, []);
  });

  it('locks the versions that it names', () => {
    const installed = Object.fromEntries(Object.keys(declared).map((name) => [name, locked[`node_modules/${name}`]?.version]));
    assert.deepEqual(installed, { ...declared });
  });

  it('keeps download addresses out of the lockfile, and a hash of every package in it', () => {
    const wrong = Object.entries(locked).filter(([, { resolved, integrity }]) => resolved !== undefined || integrity === undefined);
    assert.deepEqual(wrong.map(([path]) => path), []);
  });

  it('decides for every package that would run a script at installation whether it may', () => {
    const withScripts = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = new Set(withScripts.map(([path]) => path.replace(/^.*node_modules\//, '')));
    assert.deepEqual(Object.keys(packageJson.allowScripts).toSorted(), [...names].toSorted());
  });

  it('has one version of protobufjs', () => {
    const versions = Object.entries(locked).filter(([path]) => path.endsWith('node_modules/protobufjs'));
    assert.deepEqual(versions.map(([path, { version }]) => [path, version]), [['node_modules/protobufjs', packageJson.dependencies.protobufjs]]);
  });
});
