import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, UsageError, quote } from '../../plugins/core/errors.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { openHost } from '../host.ts';
import { backoffs } from '../kube-node-ready/given.ts';
import { readKubeNodeReady } from '../kube-node-ready/read.ts';
import { configuredSettings } from '../monitors.ts';
import { nodeName } from '../node-name.ts';
import { durationMs, flag, hostOptions, networkOptions, oneOf, text } from '../options.ts';
import { withoutCauses } from '../render/without-causes.ts';
import type { Attempt } from '../verify/attempt.ts';
import { renderAttempt, renderVerification, skippedOf, verdictLines } from '../verify/render.ts';
import { type Patience, type Verification, verifyNetwork } from '../verify/verify.ts';
import { version } from '../version.ts';

const MONITOR = 'network-verifier';

const DEFAULT_TIMEOUT_MS = 300_000;
const LEAST_TIMEOUT_MS = 1_000;
const DEFAULT_RETRIES = 3;

/** Proves the network of a node once, for a Job, an init container or a person. */
export const verify: Command = {
  details: [
    'Looks with all checks of the network-verifier, and again with those that failed. Writes nothing to any cluster.',
    'Without a cluster it checks what is there without one, and says what it skipped. Reads KUBECONFIG, and the configuration and the',
    'environment variables of kube-node-ready, below flags and --config: see docs/network-verifier.md.',
    'Exit codes: 0 verified, 1 not, 2 could not tell.',
  ],
  options: {
    ...hostOptions,
    ...networkOptions,
    timeout: { type: 'string', value: 'DURATION', initial: '5m', help: 'of all attempts together' },
    retries: { type: 'string', value: 'N', initial: '3', help: 'attempts after the first, at the checks that failed' },
    backoff: { type: 'string', value: backoffs.join('|'), initial: 'exponential', help: 'waits 1, 2, 4 to 30 s between attempts, or 5 s' },
    json: { type: 'boolean', help: 'a line of JSON per attempt, and last one with the result' },
  },
  logLevel: 'warn',
  async run(given, context) {
    const args = withKubeconfig(given, context);
    const patience = await patienceOf(args, context);
    using host = await openHost(args, context);
    const definition = await host.monitor(MONITOR);
    const node = nodeName(args, context);
    const show = flag(args, 'json') ? jsonLines(node, definition.name, patience, context) : textLines(node, patience, context);
    const verification = await verifyNetwork({
      subject: { definition, configured: configuredSettings(args, definition), root: host.root, log: context.log },
      patience,
      signal: context.signal,
      sleep: async (ms, signal) => await sleep(ms, undefined, { signal }).catch(() => {}),
      nowMs: () => performance.now(),
      random: Math.random,
      onAttempt: show.attempt,
    });
    show.end(verification);
    return exitCodeOf(verification.last.conditions);
  },
};

/** As kubectl and kube-node-ready do; other commands take the flag alone, since this variable is set in many a shell. */
function withKubeconfig(args: ParsedArgs, { env }: Context): ParsedArgs {
  const path = env['KUBECONFIG'] ?? '';
  if (text(args, 'kubeconfig') !== undefined || path === '') return args;
  if (path.includes(':')) throw new UsageError(`environment variable KUBECONFIG: expected one file, got ${quote(path)}; give one with --kubeconfig`);
  if (!existsSync(path)) throw new ConfigError('environment variable KUBECONFIG', `${path}: no such file; unset it, or give one with --kubeconfig`);
  return { ...args, values: { ...args.values, kubeconfig: path } };
}

async function patienceOf(args: ParsedArgs, { env }: Context): Promise<Patience> {
  // Whoever makes the monitor reads it too, and logs what there is to say.
  const given = await readKubeNodeReady(args, env, silentLogger);
  const backoff = text(args, 'backoff');
  return {
    timeoutMs: durationMs(args, 'timeout', given.timeoutMs ?? DEFAULT_TIMEOUT_MS, LEAST_TIMEOUT_MS),
    retries: retriesIn(args) ?? given.retries ?? DEFAULT_RETRIES,
    backoff: backoff === undefined ? (given.backoff ?? 'exponential') : oneOf(backoff, backoffs, '--backoff'),
  };
}

function retriesIn(args: ParsedArgs): number | undefined {
  const given = text(args, 'retries');
  if (given === undefined) return undefined;
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(given)) throw new UsageError(`--retries: expected a whole number from 0 to 999, got ${quote(given)}`);
  return Number(given);
}

interface Show {
  readonly attempt: (attempt: Attempt, number: number, againInMs: number | undefined) => void;
  readonly end: (verification: Verification) => void;
}

function textLines(node: string, patience: Patience, { out }: Context): Show {
  let before: readonly string[] = [];
  return {
    attempt({ looks }, number, againInMs) {
      const lines = verdictLines(looks);
      out(renderAttempt(number, patience.retries + 1, lines.filter((line) => !before.includes(line)), againInMs));
      before = lines;
    },
    end: (verification) => out(renderVerification(node, verification, patience)),
  };
}

const RESULTS: Readonly<Record<number, string>> = { [EXIT.ok]: 'verified', [EXIT.problem]: 'not-verified', [EXIT.unknown]: 'unknown' };

function checksOf({ looks }: Attempt): readonly object[] {
  return [...looks].map(([name, { verdicts, readings = [] }]) => ({ name, verdicts, readings }));
}

function jsonLines(node: string, monitor: string, { retries }: Patience, { out }: Context): Show {
  const line = (value: object): void => out(`${JSON.stringify({ time: new Date().toISOString(), node, ...value }, withoutCauses)}\n`);
  return {
    attempt: (attempt, number, againInMs) => line({ attempt: number, of: retries + 1, checks: checksOf(attempt), ...(againInMs !== undefined && { againInMs }) }),
    end({ last, attempts, endedBy }) {
      const exitCode = exitCodeOf(last.conditions);
      line({ monitor, version: version(), result: RESULTS[exitCode], exitCode, attempts, endedBy, skipped: skippedOf(last.looks), conditions: last.conditions, checks: checksOf(last) });
    },
  };
}
