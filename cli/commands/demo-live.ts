import type { Context, ParsedArgs } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { renderLastState } from '../live/last-state.ts';
import { type LiveOptions, showLive } from '../live/live.ts';
import { flag } from '../options.ts';

/** Whether the demo takes the whole screen: on a terminal that can move its cursor, unless one round or data are asked for. */
export function isLive(args: ParsedArgs, { openScreen, env }: Pick<Context, 'openScreen' | 'env'>): boolean {
  const { TERM: terminal = '' } = env;
  return openScreen !== undefined && terminal !== '' && terminal !== 'dumb' && !flag(args, 'once') && !flag(args, 'json');
}

/** Shows the view until Ctrl-C and then, once, what was last known. Gives the exit code: that of the plugin if it ended first. */
export async function watchLive(options: Omit<LiveOptions, 'openScreen' | 'hasColor' | 'signal'>, context: Context): Promise<number> {
  const { openScreen, env, signal, out, complain } = context;
  if (openScreen === undefined) throw new Error('no terminal');
  // no-color.org: set to anything but the empty text.
  const hasColor = (env['NO_COLOR'] ?? '') === '';
  const { view, logLines, isTerminalRead } = await showLive({ ...options, openScreen, hasColor, signal });
  if (isTerminalRead) {
    out(renderLastState(view, Date.now()));
    for (const line of logLines) complain(`${line}\n`);
  }
  // One that was killed has no exit code, and did not end as it should.
  return view.ended === undefined ? EXIT.ok : (options.plugin.exitCode ?? EXIT.internal);
}
