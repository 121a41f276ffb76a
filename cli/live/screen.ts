import { setTimeout as sleep } from 'node:timers/promises';
import { createWriter } from '../standard-error.ts';
import { ENTER, LEAVE, frame } from './frame.ts';
import type { ScreenSize } from './render-screen.ts';

/** The whole terminal on standard output, until it is given back. */
export interface Screen {
  readonly size: () => ScreenSize;
  /** Shows a picture. One that the terminal does not take is dropped, never queued: the next one is drawn whole. */
  readonly draw: (lines: readonly string[]) => void;
  /** Gives the terminal back as it was; also done before the process ends in any way that it hears of. False: nobody reads it, within a second. */
  readonly leave: () => Promise<boolean>;
}

/** Takes the screen over. `onRedraw`: its size has changed, or it was in other hands, and a new picture is needed at once. */
export type OpenScreen = (onRedraw: () => void) => Screen;

/** What of the process is needed here. */
export type TerminalProcess = Pick<NodeJS.Process, 'stdout' | 'pid' | 'kill' | 'on' | 'off' | 'prependListener'>;

/** A terminal without a size (a serial line, a careless `docker exec`) says 0 by 0. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** How long a terminal that took only a part of a picture is left alone; some ten pictures per second can be followed by nobody. */
const RETRY_MS = 100;

/** A slow line takes what is left of a picture within this time. */
const LEAVE_WITHIN_MS = 1_000;

/** After the default action of SIGTSTP we are stopped, or still here where nobody could continue us (no job control). */
const AFTER_STOP_MS = 50;

/** For `Context.openScreen`, where standard output is a terminal. */
export function screenOf(world: TerminalProcess): OpenScreen {
  return (onRedraw) => open(world, onRedraw);
}

function open(world: TerminalProcess, onRedraw: () => void): Screen {
  const { stdout } = world;
  const write = createWriter(stdout.fd);
  let shown: readonly string[] | undefined;
  let isUp = true;
  let isLeft = false;
  let isRestored = false;
  let retry: NodeJS.Timeout | undefined;

  const size = (): ScreenSize => ({ columns: stdout.columns || DEFAULT_SIZE.columns, rows: stdout.rows || DEFAULT_SIZE.rows });

  function redraw(): void {
    shown = undefined;
    if (isUp) onRedraw();
  }

  /** We were stopped by somebody who left the screen to the shell as it was. */
  function resume(): void {
    if (isUp) enter();
  }

  /** True when the terminal has taken it to the last byte; it may be called again until then. */
  function restore(): boolean {
    isUp = false;
    isRestored ||= write(LEAVE);
    return isRestored && write('');
  }

  function enter(): void {
    [isUp, isRestored] = [true, false];
    write(ENTER);
    redraw();
  }

  /** Ctrl-Z: the shell gets its screen back, and the default action of the signal stops us. */
  function suspend(): void {
    restore();
    world.off('SIGTSTP', suspend);
    world.kill(world.pid, 'SIGTSTP');
    setTimeout(() => {
      if (isLeft) return;
      world.on('SIGTSTP', suspend);
      enter();
    }, AFTER_STOP_MS);
  }

  function draw(lines: readonly string[]): void {
    if (!isUp) return;
    clearTimeout(retry);
    retry = undefined;
    // What is left of a picture goes first, else the next one would begin in the middle of a control sequence.
    const isTaken = write('') && write(frame(shown, lines, size()));
    shown = isTaken ? lines : undefined;
    if (!isTaken || !write('')) retry = setTimeout(onRedraw, RETRY_MS);
  }

  stdout.on('resize', redraw);
  world.on('SIGTSTP', suspend);
  world.on('SIGCONT', resume);
  world.prependListener('uncaughtException', restore);
  world.on('exit', restore);
  write(ENTER);
  return {
    size,
    draw,
    async leave() {
      isLeft = true;
      clearTimeout(retry);
      stdout.off('resize', redraw);
      world.off('SIGTSTP', suspend);
      world.off('SIGCONT', resume);
      const endMs = performance.now() + LEAVE_WITHIN_MS;
      while (!restore() && performance.now() < endMs) await sleep(RETRY_MS);
      world.off('uncaughtException', restore);
      world.off('exit', restore);
      return restore();
    },
  };
}
