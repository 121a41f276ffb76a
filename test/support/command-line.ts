import type { World } from '../../cli/run.ts';
import { run } from '../../cli/run.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command line in this process. For what needs signals, pipes or a second process take `program.ts`. */
export async function say(argv: readonly string[], env: World['env'] = {}): Promise<Said> {
  let stdout = '';
  let stderr = '';
  const code = await run(argv, {
    out: (text) => void (stdout += text),
    complain: (text) => (stderr += text) !== '',
    env: { LOG_LEVEL: 'silent', ...env },
    isTerminal: false,
    signal: new AbortController().signal,
    self: ['false'],
  });
  return { code, stdout, stderr };
}
