import { constants, fstatSync, openSync, writeSync } from 'node:fs';

const { O_APPEND, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/**
 * A writer of text to a file descriptor that never waits for its reader: true when the text was taken, false when it was
 * dropped because pipe, socket or disk took no more of it, or nobody reads. At most the rest of one text is held.
 * Never throws.
 */
export function createWriter(fd: number): (text: string) => boolean {
  const target = withoutBlocking(fd);
  let rest: Buffer = Buffer.alloc(0);

  /** Up to PIPE_BUF (4,096 bytes, see pipe(7)) a pipe takes all or nothing; of more it may take a part, and the rest goes first next time. */
  function push(bytes: Buffer): Buffer {
    let left = bytes;
    while (left.length > 0) {
      const taken = tryWrite(target, left);
      if (taken === 0) break;
      left = left.subarray(taken);
    }
    return left;
  }

  return (text) => {
    rest = push(rest);
    if (rest.length > 0) return false;
    const bytes = Buffer.from(text);
    const left = push(bytes);
    if (left.length === bytes.length) return left.length === 0;
    rest = left;
    return true;
  };
}

/** Bytes taken; 0 for any error: EAGAIN (full), EPIPE (nobody reads), ENOSPC. */
function tryWrite(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch {
    return 0;
  }
}

/**
 * O_NONBLOCK belongs to the open file, which we share with whoever started us (open(2)): pipes and terminals are opened anew,
 * so that nobody else can make ours wait. Sockets cannot be opened; Node.js itself makes
 * those non-blocking once `process.stderr` is used. Writing to files waits for no reader.
 */
function withoutBlocking(fd: number): number {
  try {
    const stat = fstatSync(fd);
    if (!stat.isFIFO() && !stat.isCharacterDevice()) return fd;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    return fd;
  }
}
