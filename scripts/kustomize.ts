import { spawnSync } from 'node:child_process';

/** A program that renders a folder; `command` is what goes before the folder. */
export interface Kustomize {
  readonly command: readonly [string, ...string[]];
  readonly version: string;
}

export interface Rendered {
  readonly yaml: string;
  /** What it said on standard error, deprecations above all; empty if all is well. */
  readonly warnings: string;
}

interface Candidate {
  readonly command: readonly [string, ...string[]];
  readonly asksVersion: readonly string[];
  /** Its version, in what it prints; kubectl also prints its own. */
  readonly version: RegExp;
}

const CANDIDATES: readonly Candidate[] = [
  { command: ['kubectl', 'kustomize'], asksVersion: ['version', '--client'], version: /^Kustomize Version: v(\d+\.\d+\.\d+)/m },
  { command: ['kustomize', 'build'], asksVersion: ['version'], version: /v(\d+\.\d+\.\d+)/ },
];

/** Components, labels as selectors of patches and digests beside tags are all there since 5.0. */
const LEAST_MAJOR = 5;

/** The first program on the PATH of `env` that is new enough, or why there is none and what to do. */
export function findKustomize(env: NodeJS.ProcessEnv = process.env): Kustomize | { readonly missing: string } {
  const found: string[] = [];
  for (const { command, asksVersion, version } of CANDIDATES) {
    const said = spawnSync(command[0], asksVersion, { encoding: 'utf8', env });
    if (said.error !== undefined) continue;
    const number = version.exec(said.stdout)?.[1];
    if (number !== undefined && Number(number.split('.')[0]) >= LEAST_MAJOR) return { command, version: number };
    found.push(`${command.join(' ')} ${number === undefined ? 'does not tell its version' : `is ${number}`}`);
  }
  const remedy = `install kubectl 1.27 or later, or kustomize ${LEAST_MAJOR} or later`;
  return { missing: `kustomize ${LEAST_MAJOR} is needed: ${found.length === 0 ? 'neither kubectl nor kustomize is on PATH' : found.join(', ')}; ${remedy}` };
}

/** Renders one folder. Throws with what the program said if it fails. */
export function render({ command: [program, ...args] }: Kustomize, folder: string): Rendered {
  const { status, stdout, stderr, error } = spawnSync(program, [...args, folder], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${folder}: ${stderr.trim()}`);
  return { yaml: stdout, warnings: stderr };
}
