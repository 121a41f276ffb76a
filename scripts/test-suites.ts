import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Suite {
  readonly name: string;
  readonly folders: readonly string[];
  /** The whole suite must have ended by then, three times what it takes on two cores: what runs for longer hangs. */
  readonly limitMs: number;
  /** What a reader may think was tested here and was not, with the reason. */
  readonly notRun: readonly string[];
}

export const SUITES: readonly Suite[] = [
  {
    name: 'default',
    folders: ['test/unit', 'test/e2e'],
    limitMs: 1_800_000,
    notRun: [
      'test/root (npm run test:root): needs root, for mounts that never answer, namespaces and memory groups',
      'test/manifests (npm run test:manifests): needs kubectl with kustomize 5',
      'test/images (npm run test:images): needs root, buildah, runc and debootstrap, and builds images',
    ],
  },
  { name: 'root', folders: ['test/root'], limitMs: 720_000, notRun: [] },
  { name: 'manifests', folders: ['test/manifests'], limitMs: 300_000, notRun: [] },
  { name: 'images', folders: ['test/images'], limitMs: 1_200_000, notRun: [] },
];

/** The test files that folders, files or globs (relative to `root`) stand for, sorted, each once. */
export function filesOf(root: string, patterns: readonly string[]): readonly string[] {
  const globs = patterns.map((pattern) => (isFolder(join(root, pattern)) ? `${pattern}/**/*.test.ts` : pattern));
  return [...new Set(globs.flatMap((glob) => globSync(glob, { cwd: root })))].toSorted();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
