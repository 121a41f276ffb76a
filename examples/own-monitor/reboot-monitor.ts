import { runWith } from '../../cli/own-monitor.ts';
import { ParseError } from '../../plugins/core/errors.ts';
import type { MonitorDefinition } from '../../plugins/core/monitor.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../plugins/core/verdict.ts';
import { readIfThere, readText, valueOrThrow } from '../../plugins/linux/read.ts';

/** What wants the reboot: names of packages (Debian Policy 5.6.1), one a line. Throws for anything else, and so comes out as Unknown. */
export function parsePackages(text: string): readonly string[] {
  if (!/^(?:[a-z0-9][a-z0-9+.-]+\n)*$/.test(text)) throw new ParseError('/run/reboot-required.pkgs', 'a package on each line', text);
  return text.split('\n').slice(0, -1);
}

/** That nobody asks means something only where the distribution writes such a file; the version of the kernel names it. */
export function judge(isAsked: boolean, packages: readonly string[], kernel: string): readonly Verdict[] {
  const who = packages.length > 0 ? packages : ['somebody'];
  if (isAsked) return who.map((name) => problem('RebootRequired', name, `${name} asks for a reboot`));
  if (!kernel.startsWith('Linux version ')) throw new ParseError('/proc/version', 'Linux version ...', kernel);
  return [/Debian|Ubuntu/.test(kernel) ? healthy : notApplicable('only Debian and Ubuntu have /run/reboot-required')];
}

export const rebootMonitor: MonitorDefinition<Record<string, never>> = {
  name: 'reboot-monitor', description: 'Tells that a node waits for its reboot', settings: {},
  specs: [{
    type: 'RebootPending', polarity: 'problem', healthy: { reason: 'NoRebootPending', message: 'nothing asks for a reboot' },
    unknownReason: 'RebootPendingUnknown', notApplicableReason: 'RebootPendingNotTold',
    reasons: [{ reason: 'RebootRequired', severity: 'warn', reads: '/run/reboot-required', limit: 'the file is there',
      advice: 'Drain the node and reboot it.', raiseAfterMs: 0, clearAfterMs: 0, privilege: 'a' }],
  }],
  checks: [{
    name: 'reboot-required', condition: 'RebootPending', periodMs: 10_000, timeoutMs: 1_000,
    look({ root }) {
      const [mark, names] = [readIfThere(root, 'run/reboot-required'), readIfThere(root, 'run/reboot-required.pkgs')];
      return { verdicts: judge(mark !== undefined, parsePackages(names ?? ''), valueOrThrow(readText(root, 'proc/version'))) };
    },
  }],
};

if (import.meta.main) await runWith(rebootMonitor);
