import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

/** What a build says of itself: `--version` shows it, and the labels of an image. */
export interface BuildFacts {
  readonly version: string;
  /** Twelve digits, or `unknown`. */
  readonly commit: string;
  /** ISO 8601. */
  readonly date: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DIGITS = 12;

/** What VERSION, COMMIT_HASH and BUILD_DATE say; one that is not there or empty is found out. `root` is a clone, or a copy of the folder. */
export function buildFacts(root: string, env: Environment): BuildFacts {
  return {
    version: given(env, 'VERSION') ?? packageJson.version,
    commit: given(env, 'COMMIT_HASH') ?? askGit(root) ?? readCommit(root) ?? 'unknown',
    date: given(env, 'BUILD_DATE') ?? dateOf(given(env, 'SOURCE_DATE_EPOCH')),
  };
}

function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

function askGit(root: string): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', `--short=${DIGITS}`, 'HEAD'], { cwd: root, encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/**
 * As git does it, for where there is no git, or too little of `.git` for it: in the build of an image. HEAD holds a commit or the name of a
 * branch, whose commit stands in a file of that name or else in packed-refs; see gitrepository-layout(5) and git-pack-refs(1).
 */
export function readCommit(root: string): string | undefined {
  const head = readIfThere(join(root, '.git/HEAD'))?.trim();
  const branch = head?.startsWith('ref: ') === true ? head.slice('ref: '.length) : undefined;
  const commit = branch === undefined ? head : (readIfThere(join(root, '.git', branch))?.trim() ?? readPacked(root, branch));
  return commit !== undefined && /^[0-9a-f]{40,64}$/.test(commit) ? commit.slice(0, DIGITS) : undefined;
}

function readPacked(root: string, branch: string): string | undefined {
  const lines = readIfThere(join(root, '.git/packed-refs'))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${branch}`))?.split(' ', 1)[0];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** See reproducible-builds.org/specs/source-date-epoch for the variable, which holds seconds. */
function dateOf(epoch: string | undefined): string {
  if (epoch === undefined) return new Date().toISOString();
  if (!/^\d{1,12}$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(epoch)}`);
  return new Date(Number(epoch) * 1_000).toISOString();
}
