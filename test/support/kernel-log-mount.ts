import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, read, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * A file that behaves as /dev/kmsg does for its readers: each that opens it gets every record from the first on, one per read, and
 * waits for the next. A FIFO would give each record to one of them only. It is the root of a FUSE file system.
 */
export interface KernelLogMount extends AsyncDisposable {
  /** A record as the kernel writes it, without the newline: `3,339,5140900,-;text`; see Documentation/ABI/testing/dev-kmsg. */
  readonly print: (record: string) => void;
}

/** Needs root and /dev/fuse. Its server is a process of its own: one that reads what it serves itself would wait for ever. */
export async function kernelLogMount(path: string): Promise<KernelLogMount> {
  writeFileSync(path, '');
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await Promise.race([once(server.stdout, 'data'), once(server, 'exit')])) as unknown[];
  if (String(first) !== 'ready') throw new Error(`no kernel log at ${path}`);
  return {
    print: (record) => void server.stdin.write(`${record}\n`),
    async [Symbol.asyncDispose]() {
      spawnSync('umount', ['-l', path], { stdio: 'inherit' });
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

// Names, numbers and layouts are those of linux/fuse.h, version 7.31: struct fuse_in_header and so on.
const [GETATTR, SETATTR, OPEN, READ, STATFS, RELEASE, FLUSH, INIT, ACCESS, INTERRUPT] = [3, 4, 14, 15, 17, 18, 25, 26, 34, 36];
const [EINTR, ENOSYS] = [4, 38];
const [IN_HEADER_BYTES, OUT_HEADER_BYTES] = [40, 16];
/** Not through the page cache, which knows no file that grows while it is read. */
const FOPEN_DIRECT_IO = 1;
const LARGEST_REQUEST_BYTES = 1024 * 1024;

async function serve(path: string): Promise<void> {
  const fd = openSync('/dev/fuse', 'r+');
  const mount = spawnSync('mount', ['-i', '-t', 'fuse', '-o', 'fd=3,rootmode=100444,user_id=0,group_id=0,allow_other', 'kernel-log', path], { stdio: ['ignore', 'inherit', 'inherit', fd] });
  if (mount.status !== 0) process.exit(1);

  const records: Buffer[] = [];
  /** How many records each opening was given. */
  const given = new Map<bigint, number>();
  const waiting = new Map<bigint, bigint>();
  let openings = 0n;

  function reply(unique: bigint, body: Buffer, error = 0): void {
    const header = Buffer.alloc(OUT_HEADER_BYTES);
    header.writeUInt32LE(OUT_HEADER_BYTES + body.length, 0);
    header.writeInt32LE(-error, 4);
    header.writeBigUInt64LE(unique, 8);
    writeSync(fd, Buffer.concat([header, body]));
  }

  function giveNext(unique: bigint, opening: bigint): void {
    const next = given.get(opening) ?? 0;
    const record = records[next];
    if (record === undefined) {
      waiting.set(unique, opening);
      return;
    }
    waiting.delete(unique);
    given.set(opening, next + 1);
    reply(unique, record);
  }

  const answers: Readonly<Record<number, (unique: bigint, body: Buffer) => void>> = {
    [INIT]: (unique) => {
      const out = Buffer.alloc(64);
      for (const [at, value] of [[0, 7], [4, 31], [20, 4_096]] as const) out.writeUInt32LE(value, at);
      reply(unique, out);
      writeSync(1, 'ready');
    },
    [GETATTR]: (unique) => reply(unique, attributes()),
    [SETATTR]: (unique) => reply(unique, attributes()),
    // Nothing of it all: a file system of no size. Whoever looks at the file systems of this machine meanwhile gets an answer.
    [STATFS]: (unique) => reply(unique, Buffer.alloc(80)),
    [OPEN]: (unique) => {
      const out = Buffer.alloc(16);
      openings += 1n;
      out.writeBigUInt64LE(openings, 0);
      out.writeUInt32LE(FOPEN_DIRECT_IO, 8);
      reply(unique, out);
    },
    [READ]: (unique, body) => giveNext(unique, body.readBigUInt64LE(0)),
    [INTERRUPT]: (_, body) => {
      const interrupted = body.readBigUInt64LE(0);
      if (waiting.delete(interrupted)) reply(interrupted, Buffer.alloc(0), EINTR);
    },
    ...Object.fromEntries([RELEASE, FLUSH, ACCESS].map((opcode) => [opcode, (unique: bigint) => reply(unique, Buffer.alloc(0))])),
  };

  createInterface({ input: process.stdin }).on('line', (line) => {
    records.push(Buffer.from(`${line}\n`));
    for (const [unique, opening] of waiting) giveNext(unique, opening);
  }).on('close', () => process.exit(0));
  const request = Buffer.alloc(LARGEST_REQUEST_BYTES);
  for (;;) {
    const { bytesRead } = await promisify(read)(fd, request, 0, request.length, null).catch(endOfMount);
    const [opcode, unique] = [request.readUInt32LE(4), request.readBigUInt64LE(8)];
    const answer = answers[opcode];
    if (answer !== undefined) answer(unique, Buffer.from(request.subarray(IN_HEADER_BYTES, bytesRead)));
    // FORGET wants no answer.
    else if (opcode !== 2) reply(unique, Buffer.alloc(0), ENOSYS);
  }
}

/** ENODEV: it is no longer mounted. */
function endOfMount(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENODEV') throw error;
  process.exit(0);
}

/** struct fuse_attr_out: a file of root's that everybody may read. */
function attributes(): Buffer {
  const out = Buffer.alloc(104);
  out.writeBigUInt64LE(1n, 16);
  out.writeUInt32LE(0o100_444, 16 + 60);
  out.writeUInt32LE(1, 16 + 64);
  out.writeUInt32LE(4_096, 16 + 80);
  return out;
}

if (import.meta.main) await serve(process.argv[2] ?? '');
