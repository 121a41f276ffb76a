import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A mounted file system that never answers. Disposing of it frees whoever waits for it, and unmounts it. */
export interface DeadMount extends AsyncDisposable {
  readonly path: string;
}

/**
 * `unanswered`: the server takes each question and never answers; who asked stays in the kernel even after SIGKILL.
 * `unread`: the server does not even take it; who asked can be killed. (A hard NFS mount is like this.)
 */
type Death = 'unanswered' | 'unread';

/** Why `deadMount` cannot work here, or undefined if it can. */
export function whyNoDeadMount(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    return 'needs /dev/fuse';
  }
}

/** Mounts one at `path`, which is made if it is missing. Its server is a process of its own, lest the caller be its victim. */
export async function deadMount(path: string, death: Death = 'unanswered'): Promise<DeadMount> {
  mkdirSync(path, { recursive: true });
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), path, death], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await Promise.race([once(server.stdout, 'data'), once(server, 'exit')])) as unknown[];
  if (String(first) !== 'ready') throw new Error(`no dead mount at ${path}`);
  return {
    path,
    async [Symbol.asyncDispose]() {
      // Detached first, so that whoever is freed next finds the living folder below. Without -c umount would ask the dead.
      spawnSync('umount', ['-l', '-c', path], { stdio: 'inherit' });
      const ended = once(server, 'exit');
      // With its last descriptor closed the kernel aborts the connection, and all that wait get ENOTCONN.
      server.kill('SIGKILL');
      await ended;
    },
  };
}

// Names and layouts are those of linux/fuse.h: struct fuse_in_header, fuse_out_header and fuse_init_out.
const FUSE_INIT = 26;
const OUT_HEADER_BYTES = 16;
const INIT_OUT_BYTES = 64;
const LARGEST_REQUEST_BYTES = 1024 * 1024;

function serve(path: string, death: string): void {
  const fd = openSync('/dev/fuse', 'r+');
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
  const mount = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'dead', path], { stdio: ['ignore', 'inherit', 'inherit', fd] });
  if (mount.status !== 0) process.exit(1);

  const request = Buffer.alloc(LARGEST_REQUEST_BYTES);
  readSync(fd, request);
  if (request.readUInt32LE(4) !== FUSE_INIT) throw new Error('the first request is not INIT');
  const reply = Buffer.alloc(OUT_HEADER_BYTES + INIT_OUT_BYTES);
  reply.writeUInt32LE(reply.length, 0);
  request.copy(reply, 8, 8, 16);
  reply.writeUInt32LE(7, OUT_HEADER_BYTES);
  reply.writeUInt32LE(31, OUT_HEADER_BYTES + 4);
  reply.writeUInt32LE(4096, OUT_HEADER_BYTES + 20);
  writeSync(fd, reply);
  writeSync(1, 'ready');
  if (death === 'unread') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  for (;;) readSync(fd, request);
}

if (import.meta.main) serve(process.argv[2] ?? '', process.argv[3] ?? '');
