import { parsePidMemory } from './proc/pid-memory.ts';
import { readText } from './read.ts';

export interface MemoryWatch extends Disposable {
  /** Resolves when the process has more than it may have; else never. */
  readonly exceeded: Promise<'too-large'>;
}

/** A look costs about 30 µs; a leak of 100 MB/s is found within 10 MB. */
const LOOK_EVERY_MS = 100;

/** Looks at the memory of a process until it is disposed of. What cannot be read (it has ended, /proc is not mounted) exceeds nothing. */
export function watchMemory(pid: number, maxPrivateBytes: number): MemoryWatch {
  const exceeded = Promise.withResolvers<'too-large'>();
  const timer = setInterval(() => {
    if (privateBytes(pid) > maxPrivateBytes) exceeded.resolve('too-large');
  }, LOOK_EVERY_MS);
  return { exceeded: exceeded.promise, [Symbol.dispose]: () => clearInterval(timer) };
}

function privateBytes(pid: number): number {
  const path = `proc/${pid}/status`;
  const outcome = readText('/', path, { maxBytes: 16_384 });
  if (outcome.kind !== 'ok') return 0;
  try {
    return parsePidMemory(outcome.value, `/${path}`) ?? 0;
  } catch {
    // It runs in a timer, where a throw would end us.
    return 0;
  }
}
