import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Folder, temporaryFolder } from '../support/eventually.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = join(ROOT, 'scripts/image-root.sh');

/** Packages that the script names, and a file in each for every name or pattern; none of them holds anything. */
function packagesOf(script: string): ReadonlyMap<string, readonly string[]> {
  const rows = /^files="\n([^"]*)"/m.exec(script)?.[1]?.trim().split('\n') ?? [];
  const names: Readonly<Record<string, string>> = { $loader: 'lib64/ld-linux-x86-64.so.2', $triplet: 'x86_64-linux-gnu', '*': '0', '?': '9' };
  const packages = new Map<string, string[]>();
  for (const row of rows) {
    const [name = '', ...patterns] = row.split(/ +/);
    const files = patterns.map((pattern) => pattern.replaceAll(/\$\w+|[*?]/g, (part) => names[part] ?? part));
    packages.set(name, [...(packages.get(name) ?? []), ...files]);
  }
  return packages;
}

/** A package archive that apt-get would have fetched, without some of its files. */
function pack(folder: Folder, name: string, files: readonly string[]): void {
  const [tree, archives] = [folder.file(`tree/${name}`), folder.file('archives')];
  for (const file of [...files, `usr/share/doc/${name}/copyright`]) {
    mkdirSync(join(tree, dirname(file)), { recursive: true });
    writeFileSync(join(tree, file), '');
  }
  mkdirSync(join(tree, 'DEBIAN'));
  writeFileSync(join(tree, 'DEBIAN/control'), `Package: ${name}\nVersion: 1\nArchitecture: amd64\nMaintainer: none <none@example.com>\nDescription: none\n`);
  writeFileSync(join(tree, 'DEBIAN/md5sums'), files.map((file) => `d41d8cd98f00b204e9800998ecf8427e  ${file}\n`).join(''));
  mkdirSync(archives, { recursive: true });
  const { status, stderr } = spawnSync('dpkg-deb', ['-Znone', '--root-owner-group', '-b', tree, join(archives, `${name}_1_amd64.deb`)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

const missing = process.getuid?.() !== 0 ? 'needs root' : spawnSync('dpkg-deb', ['--version']).status !== 0 ? 'needs dpkg-deb' : undefined;

describe(missing === undefined ? 'the root folder of the images' : `the root folder of the images (skipped: ${missing})`, () => {
  let folder: Folder;
  before(function () {
    if (missing !== undefined) this.skip();
  });
  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(folder.file('image/node'), { recursive: true });
    mkdirSync(folder.file('bin'));
    // Only what would reach for the network: apt-get hands out the archives made here.
    const programs = { 'apt-get': `case $1 in download) cp ${folder.file('archives')}/*.deb . ;; esac`, dpkg: '[ "$1" = --add-architecture ]' };
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(folder.file(`bin/${name}`), `#!/bin/sh\n${text}\n`);
      chmodSync(folder.file(`bin/${name}`), 0o755);
    }
  });
  afterEach(() => folder[Symbol.dispose]());

  function make(without: string): { readonly status: number | null; readonly stderr: string } {
    for (const [name, files] of packagesOf(readFileSync(SCRIPT, 'utf8'))) pack(folder, name, files.filter((file) => file !== without));
    const env = { ...process.env, PATH: `${folder.file('bin')}:${process.env['PATH']}`, TMPDIR: folder.path };
    return spawnSync('sh', [SCRIPT, 'amd64', folder.file('image')], { cwd: ROOT, env, encoding: 'utf8' });
  }

  it('is made where each package has the files that are wanted of it', () => {
    const { status, stderr } = make('');
    assert.deepEqual([status, stderr], [0, '']);
    const packages = [...packagesOf(readFileSync(SCRIPT, 'utf8'))];
    assert.isAbove(packages.length, 10);
    for (const [, files] of packages) for (const file of files) assert.isTrue(existsSync(folder.file(`image/debian/${file}`)), file);
    const noted = readdirSync(folder.file('image/debian/var/lib/dpkg/status.d')).filter((name) => !name.endsWith('.md5sums'));
    assert.sameMembers(noted, packages.map(([name]) => name));
  });

  const lacking: readonly { readonly lacks: string; readonly says: string }[] = [
    { lacks: 'usr/bin/stat', says: 'image-root.sh: package coreutils has no file usr/bin/stat\n' },
    { lacks: 'lib/x86_64-linux-gnu/ld-linux-0.so.9', says: 'image-root.sh: package libc6 has no file lib/x86_64-linux-gnu/ld-linux-*.so.?\n' },
    { lacks: 'usr/lib/x86_64-linux-gnu/libstdc++.so.60', says: 'image-root.sh: package libstdc++6 has no file usr/lib/x86_64-linux-gnu/libstdc++.so.6*\n' },
  ];
  for (const { lacks, says } of lacking) {
    it(`is not made, and the build fails, where ${basename(lacks)} is not in its package`, () => {
      const { status, stderr } = make(lacks);
      assert.deepEqual([status, stderr], [1, says]);
    });
  }
});
