import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hostPath } from '../../linux/read.ts';

/** A program that can be started. */
export interface FoundSmi {
  readonly kind: 'found';
  readonly path: string;
  /** What it needs so that it finds its library. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface MissingSmi {
  readonly kind: 'missing';
  /** Folders as seen from each of `roots`, or the one file that was given. */
  readonly lookedIn: readonly string[];
  readonly roots: readonly string[];
  /** The folders of PATH were looked at before, in our own root. */
  readonly isPathSearched?: boolean;
}

export type LocateSmi = (root: string, given: string | undefined) => FoundSmi | MissingSmi;

/** A folder below some root, and folders of libnvidia-ml.so.1 that belong to it, as seen from there. */
interface Place {
  readonly folder: string;
  readonly libraries: readonly string[];
}

/** Libraries of a distribution, from its /usr/bin: Red Hat, Debian on both architectures, others. */
const OF_DISTRIBUTION = ['../lib64', '../lib/x86_64-linux-gnu', '../lib/aarch64-linux-gnu', '../lib'];

/** Where programs lie in any root, a container's, a host's or that of a driver's image; `nvidia-ctk` and the DRA driver look there, too. */
const PLACES_OF_A_ROOT: readonly Place[] = [
  { folder: 'usr/bin', libraries: OF_DISTRIBUTION },
  { folder: 'bin', libraries: ['../usr/lib64', '../usr/lib/x86_64-linux-gnu', '../usr/lib/aarch64-linux-gnu', '../usr/lib'] },
  // Talos: the system extension puts the libraries beside a C library of its own (siderolabs/extensions #385 and #940).
  { folder: 'usr/local/bin', libraries: ['../glibc/usr/lib', '../glibc/lib', '../lib64', '../lib'] },
  { folder: 'usr/sbin', libraries: OF_DISTRIBUTION },
  { folder: 'sbin', libraries: ['../usr/lib64', '../usr/lib'] },
  { folder: 'opt/bin', libraries: ['../lib64', '../../usr/lib64', '../../usr/lib/x86_64-linux-gnu', '../../usr/lib/aarch64-linux-gnu'] },
];

const BOTTLEROCKET = { folder: 'usr/libexec/nvidia/tesla/bin', libraries: ['../../../../lib/nvidia/tesla', '../../../../lib'] };

/** Places of certain systems. */
const SPECIAL_PLACES: readonly Place[] = [
  // GKE's device plugin mounts the driver there, and so did nvidia-docker 1: in its Pods LD_LIBRARY_PATH names lib64.
  { folder: 'usr/local/nvidia/bin', libraries: ['../lib64', '../lib'] },
  // GKE on Container-Optimized OS: where its driver installer puts it on the node.
  { folder: 'home/kubernetes/bin/nvidia/bin', libraries: ['../lib64'] },
  // Container-Optimized OS without GKE (cos-extensions install gpu).
  { folder: 'var/lib/nvidia/bin', libraries: ['../lib64'] },
  // Bottlerocket: /usr is a link to the second; the libraries as its host-ctr lists them (bottlerocket-core-kit #879, bottlerocket-kernel-kit #84).
  BOTTLEROCKET,
  ...['x86_64', 'aarch64'].map((cpu) => ({ ...BOTTLEROCKET, folder: `${cpu}-bottlerocket-linux-gnu/sys-root/${BOTTLEROCKET.folder}` })),
  // Debian's own packages: /usr/bin/nvidia-smi leads there through /etc/alternatives, with absolute links that mean nothing below another root.
  { folder: 'usr/lib/nvidia/current', libraries: ['../../x86_64-linux-gnu/nvidia/current', '../../aarch64-linux-gnu/nvidia/current'] },
  // WSL 2.
  { folder: 'usr/lib/wsl/lib', libraries: ['.'] },
];

/** Root of the GPU Operator's driver container, as it is mounted on the node (gpu-operator #2137). */
const DRIVER_ROOT = 'run/nvidia/driver';

/** Our own root is asked first: there the container toolkit puts what fits the driver. `/host` is where most manifests mount the node. */
function rootsOf(root: string, ownRoot: string): readonly string[] {
  return [...new Set([ownRoot, root, hostPath(ownRoot, 'host')])];
}

function placesOf(root: string, ownRoot: string): readonly (readonly [root: string, place: Place])[] {
  return rootsOf(root, ownRoot).flatMap((each) => {
    const driver = PLACES_OF_A_ROOT.map((place): readonly [string, Place] => [hostPath(each, DRIVER_ROOT), place]);
    const places = [...PLACES_OF_A_ROOT, ...SPECIAL_PLACES].map((place): readonly [string, Place] => [each, place]);
    // A driver that runs in a container is the one in use: what else lies on such a node was left over from before.
    return each === ownRoot ? [...places, ...driver] : [...driver, ...places];
  });
}

const PROGRAM = 'nvidia-smi';
const LIBRARY = 'libnvidia-ml.so.1';

export interface SmiLocatorOptions {
  /** PATH of our own process: folders of our own root that are asked first. Without it only the places above are. */
  readonly path?: string | undefined;
  /** Where our own root lies: `/` */
  readonly ownRoot?: string;
}

/**
 * Finds nvidia-smi: `given` if there is one, else in the folders of PATH, then in the places above, in our own root and below
 * `root`. A hit is kept as long as it is there; a miss costs about 60 failing stat calls, 0.2 ms.
 */
export function createSmiLocator({ path, ownRoot = '/' }: SmiLocatorOptions = {}): LocateSmi {
  const inPath = foldersOf(path);
  let last: FoundSmi | undefined;
  return (root, given) => {
    if (last !== undefined && isProgram(last.path)) return last;
    const found = given === undefined ? searchPath(inPath, ownRoot) ?? search(root, ownRoot, inPath.length > 0) : inspect(given, ownRoot);
    last = found.kind === 'found' ? found : undefined;
    return found;
  };
}

/** Without those that depend on the folder we are in: `.`, and the empty one that means the same. */
function foldersOf(path = ''): readonly string[] {
  return [...new Set(path.split(':').filter((folder) => folder.startsWith('/')))];
}

function searchPath(inPath: readonly string[], ownRoot: string): FoundSmi | undefined {
  const path = inPath.map((folder) => join(ownRoot, folder, PROGRAM)).find(isProgram);
  return path === undefined ? undefined : found(path, librariesOf(path), ownRoot);
}

function search(root: string, ownRoot: string, isPathSearched: boolean): FoundSmi | MissingSmi {
  for (const [base, { folder, libraries }] of placesOf(root, ownRoot)) {
    const path = join(hostPath(base, folder), PROGRAM);
    if (isProgram(path)) return found(path, libraries, ownRoot);
  }
  const lookedIn = [...PLACES_OF_A_ROOT, ...SPECIAL_PLACES].map(({ folder }) => `/${folder}`);
  return { kind: 'missing', lookedIn: [...lookedIn, `/${DRIVER_ROOT}`], roots: rootsOf(root, ownRoot), ...(isPathSearched && { isPathSearched }) };
}

/** A given one may lie in a place that is known, below whatever root. */
function inspect(given: string, ownRoot: string): FoundSmi | MissingSmi {
  if (!isProgram(given)) return { kind: 'missing', lookedIn: [given], roots: [] };
  return found(given, librariesOf(given), ownRoot);
}

/** Those of the known place, `usr/local/bin` rather than `bin`, and then where others might put it. */
function librariesOf(program: string): readonly string[] {
  const folder = dirname(program);
  const places = [...SPECIAL_PLACES, ...PLACES_OF_A_ROOT].filter((each) => folder.endsWith(`/${each.folder}`));
  const [place] = places.toSorted((a, b) => b.folder.length - a.folder.length);
  return [...(place?.libraries ?? ['.']), ...OF_DISTRIBUTION];
}

/** Where the loader looks by itself: Debian's for both architectures; see ld.so(8). What ldconfig knows is not asked. */
const OF_LOADER = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'lib/x86_64-linux-gnu', 'lib/aarch64-linux-gnu', 'usr/lib', 'lib'];

/**
 * The library itself is named to the loader, not its folder: in that of a host or a driver's image lies a C library, too, which does
 * not fit our loader. NVIDIA's DRA driver runs nvidia-smi in the same way.
 */
function found(path: string, libraries: readonly string[], ownRoot: string): FoundSmi {
  const folder = dirname(path);
  const isFoundByLoader = OF_LOADER.some((each) => isFile(join(ownRoot, each, LIBRARY)));
  const isOwn = PLACES_OF_A_ROOT.some((place) => folder === join(ownRoot, place.folder));
  if (isOwn && isFoundByLoader) return { kind: 'found', path, environment: {} };
  const library = libraries.map((each) => join(folder, each, LIBRARY)).find(isFile);
  return { kind: 'found', path, environment: library === undefined ? {} : { LD_PRELOAD: library } };
}

function isProgram(path: string): boolean {
  if (!isFile(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // A loop of links, a folder that is closed to us, a name in the path that is no folder.
    return false;
  }
}
