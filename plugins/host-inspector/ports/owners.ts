import { readdirSync, readlinkSync } from 'node:fs';
import { codeOf } from '../../core/errors.ts';
import { cutToBytes, oneLine } from '../../core/text.ts';
import { podOfProcess } from '../../linux/pods.ts';
import { listPids } from '../../linux/processes.ts';
import { parsePidCgroup } from '../../linux/proc/pid-cgroup.ts';
import { type Unread, describePath, hostPath, readText } from '../../linux/read.ts';
import type { Slices } from '../../linux/slices.ts';

/** A process that has a socket open. */
export interface SocketOwner {
  /** As the host counts. */
  readonly pid: number;
  /** What it calls itself, up to 15 bytes; '' if it ended meanwhile. */
  readonly name: string;
  /** UID of the Pod that it runs in. */
  readonly pod?: string;
}

export interface Owners {
  /** By the socket's inode, lowest PID first, at most eight of each. Without an entry where none was seen: then the kernel has it, or `gap` says why. */
  readonly byInode: ReadonlyMap<number, readonly SocketOwner[]>;
  /** Why not all processes could be looked at. Told once, however many there are. */
  readonly gap: Unread | undefined;
}

/** A link is read for every descriptor, about 5 µs each: beyond this many the walk would take more than a second of CPU. */
const MOST_DESCRIPTORS = 200_000;

/** Workers of one server have its socket in common. */
const MOST_OWNERS = 8;

/**
 * Who has these sockets open: processes with a descriptor that links to `socket:[<inode>]`, see proc_pid_fd(5). Without
 * CAP_SYS_PTRACE only processes of our own user, with no more capabilities than we have, show theirs. `slices` cuts the work.
 */
export async function ownersOf(root: string, inodes: Iterable<number>, slices: Slices): Promise<Owners> {
  const wanted = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  const holders = new Map<number, number[]>();
  let gap: Unread | undefined;
  let count = 0;
  const pids = wanted.size === 0 ? [] : (await listPids(root, slices)).map(Number).toSorted((a, b) => a - b);
  for (const pid of pids) {
    const found = await socketsOf(root, pid, wanted, slices);
    for (const inode of found.inodes) addTo(holders, inode, pid);
    if (found.trouble?.kind !== 'absent') gap ??= found.trouble;
    count += found.count;
    if (count > MOST_DESCRIPTORS) {
      gap = { kind: 'failed', message: `more than ${MOST_DESCRIPTORS} open files, of which the rest was not looked at` };
      break;
    }
  }
  const named = new Map([...new Set([...holders.values()].flat())].map((pid) => [pid, ownerOf(root, pid)]));
  return { byInode: new Map([...holders].map(([inode, found]) => [inode, found.flatMap((pid) => named.get(pid) ?? [])])), gap };
}

function addTo(holders: Map<number, number[]>, inode: number, pid: number): void {
  const known = holders.get(inode);
  if (known === undefined) holders.set(inode, [pid]);
  else if (known.at(-1) !== pid && known.length < MOST_OWNERS) known.push(pid);
}

interface Found {
  readonly inodes: readonly number[];
  /** How many descriptors were looked at. */
  readonly count: number;
  readonly trouble: Unread | undefined;
}

/** The folder of a process of our own user can be read without the capability, the links in it cannot. */
async function socketsOf(root: string, pid: number, wanted: ReadonlyMap<string, number>, slices: Slices): Promise<Found> {
  const folder = hostPath(root, `proc/${pid}/fd`);
  const inodes: number[] = [];
  let descriptors: readonly string[] = [];
  try {
    descriptors = readdirSync(folder);
    for (const descriptor of descriptors) {
      const inode = wanted.get(linkOf(`${folder}/${descriptor}`));
      if (inode !== undefined) inodes.push(inode);
      const pause = slices.pause();
      if (pause !== undefined) await pause;
    }
    return { inodes, count: descriptors.length, trouble: undefined };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    return { inodes, count: descriptors.length, trouble: troubleOf(describePath(root, `proc/${pid}/fd`), code, cause) };
  }
}

function troubleOf(where: string, code: string, cause: unknown): Unread {
  if (GONE.has(code)) return { kind: 'absent', message: `${where}: ${code}` };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', message: 'processes of others (needs CAP_SYS_PTRACE)', cause };
  return { kind: 'failed', message: `${where}: ${code}`, cause };
}

const GONE = new Set(['ENOENT', 'ESRCH']);

/** '' for what was closed meanwhile. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch (cause) {
    if (GONE.has(codeOf(cause) ?? '')) return '';
    throw cause;
  }
}

/** Of a process that is already known by its number: what it cannot tell beside is left out. */
function ownerOf(root: string, pid: number): SocketOwner {
  const [comm, cgroup] = [readText(root, `proc/${pid}/comm`), readText(root, `proc/${pid}/cgroup`)];
  const name = comm.kind === 'ok' ? cutToBytes(oneLine(comm.value.replace(/\n$/, '')), 32) : '';
  try {
    const pod = cgroup.kind === 'ok' ? podOfProcess(parsePidCgroup(cgroup.value, `/proc/${pid}/cgroup`))?.uid : undefined;
    return { pid, name, ...(pod !== undefined && { pod }) };
  } catch {
    return { pid, name };
  }
}

/** `nginx`, or `dnsmasq of Pod 3f2a0c1e-…`; '' where nobody was seen. Pure. */
export function nameOwners(sockets: readonly { readonly inodes: readonly number[] }[], byInode: Owners['byInode']): string {
  const owners = sockets.flatMap(({ inodes }) => inodes.flatMap((inode) => byInode.get(inode) ?? []));
  const names = owners.map(({ name, pid, pod }) => `${name === '' ? `PID ${pid}` : name}${pod === undefined ? '' : ` of Pod ${pod}`}`);
  return [...new Set(names)].slice(0, MOST_NAMED).join(', ');
}

/** In one line. */
const MOST_NAMED = 3;
