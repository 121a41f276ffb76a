import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Condition } from '../../plugins/core/status.ts';
import type { Scope } from '../../plugins/network-verifier/scope.ts';

/** What is asked of a lab: a fault, or what is none, by its words, seen from there; or a story by its name. */
export type Asked = { readonly what: string; readonly scope: Scope } | { readonly story: string };

/** What was to be seen of one fault. */
export interface Seen {
  readonly before: readonly Condition[];
  /** At its end. */
  readonly during: readonly Condition[];
  /** Once it was over. */
  readonly after: readonly Condition[];
  /** `TYPE STATUS REASON` of all that was there from its beginning to its end. */
  readonly seen: readonly string[];
  /** Checks of which a look did not end within its deadline. */
  readonly late: readonly string[];
}

/** Networks in which things fail, some at a time: most of what happens there is waiting. */
export interface FaultLabs extends AsyncDisposable {
  /** Answered in the order in which it is asked, as soon as one of them is free. Rejects with what went wrong there. */
  readonly ask: (asked: Asked) => Promise<unknown>;
}

/** To put its files away. */
const PATIENCE_MS = 10_000;

const MAIN = join(import.meta.dirname, 'fault-lab-main.ts');
const CA = join(import.meta.dirname, 'tls/ca.pem');

/** Interfaces in /sys are those of the namespace that mounts it; files of a service account lie below /var/run; PID 1 is the process that answers, and with it all ends. */
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', 'mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /var/run && exec "$@"', 'sh'];

/** Needs root. Nothing of it is to be seen in any other network, or left behind. */
export function startFaultLabs(count: number): FaultLabs {
  const labs = Array.from({ length: count }, () => startLab());
  const waiting: (() => void)[] = [];
  const free = [...labs];
  return {
    async ask(asked) {
      while (free.length === 0) await new Promise<void>((resolve) => void waiting.push(resolve));
      const lab = free.shift();
      if (lab === undefined) throw new Error('no lab is free');
      try {
        return await (await lab).ask(asked);
      } finally {
        free.push(lab);
        waiting.shift()?.();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const lab of await Promise.allSettled(labs)) if (lab.status === 'fulfilled') await lab.value[Symbol.asyncDispose]();
    },
  };
}

async function startLab(): Promise<FaultLabs> {
  // Targets with https are checked against the authorities that Node.js brings, and this one.
  const child = spawn('unshare', [...NAMESPACES, process.execPath, MAIN], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NODE_EXTRA_CA_CERTS: CA } });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`a lab has ended: ${String(await ended)}`);
    return value;
  };
  await next();
  return {
    async ask(asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const { value, error } = JSON.parse(await next()) as { readonly value?: unknown; readonly error?: string };
      if (error !== undefined) throw new Error(error);
      return value;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      // One that hangs would be left behind, with its namespaces; with this process its children end.
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
