import { UsageError } from '../../plugins/core/errors.ts';
import type { Condition } from '../../plugins/core/status.ts';
import type { Command } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { nodeName } from '../node-name.ts';
import { count, durationMs, flag, text } from '../options.ts';
import { type Poll, createPoller, pollInRounds } from '../poller.ts';
import { pollAsJson, renderPoll } from '../render/poll.ts';
import { readConfigFiles, renderReport } from './validate.ts';

/** NPD refuses intervals below this. */
const LEAST_INTERVAL_MS = 1_000;

/** What NPD would do with these files, without NPD. */
export const poll: Command = {
  details: [
    'Validates the files as NPD does, connects, asks GetMetadata once and CheckHealth every interval.',
    "Only peeks: events stay for the real NPD, and the files' pluginParameters change nothing, unless --consume.",
  ],
  options: {
    once: { type: 'boolean', help: 'one round, without waiting an interval as NPD does' },
    count: { type: 'string', value: 'N', help: 'end after N rounds' },
    interval: { type: 'string', value: 'DURATION', help: 'instead of the invoke_interval of the files, at least 1s' },
    consume: { type: 'boolean', help: 'take events and apply pluginParameters, as NPD does' },
    json: { type: 'boolean', help: 'one line of JSON per poll' },
  },
  logLevel: 'warn',
  async run(args, context) {
    if (flag(args, 'once') && text(args, 'count') !== undefined) throw new UsageError('--once and --count: give only one of them');
    const rounds = flag(args, 'once') ? 1 : (count(args, 'count') ?? Infinity);
    const intervalMs = durationMs(args, 'interval', 0, LEAST_INTERVAL_MS);
    const reports = readConfigFiles(args.positionals);
    const talk = reports.filter(({ errors, warnings }) => errors.length + warnings.length > 0).map(renderReport).join('');
    for (const line of talk.split('\n')) if (line !== '') context.complain(`${line}\n`);
    const configs = reports.flatMap(({ config }) => config ?? []);
    if (configs.length < reports.length) {
      context.complain('npd-plugins: NPD would not start with these files\n');
      return EXIT.usage;
    }
    const node = nodeName(args, context);
    using poller = createPoller(configs, flag(args, 'consume'));
    const show = (poll: Poll): void =>
      context.out(flag(args, 'json') ? pollAsJson(node, poll) : renderPoll(node, poller.node(), poll));
    const lasts = configs.map((config, index) => {
      return pollInRounds({ poller, index, intervalMs: intervalMs || config.invokeIntervalMs, rounds, signal: context.signal, show });
    });
    return exitCodeOfPolls(await Promise.all(lasts), context.signal);
  },
};

/** Worst of all monitors; one that did not answer cannot be told. An interrupted watch is no verdict. */
function exitCodeOfPolls(polls: readonly (Poll | undefined)[], signal: AbortSignal): number {
  if (signal.aborted) return EXIT.ok;
  const conditions = polls.flatMap((poll): readonly Pick<Condition, 'type' | 'status'>[] =>
    poll?.answer.kind === 'reply' ? poll.answer.status.conditions : [{ type: '', status: 'Unknown' }],
  );
  return exitCodeOf(conditions);
}

