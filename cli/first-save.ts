import type { Monitor } from '../plugins/core/status.ts';

/** Others are told, too, by a status file or over HTTP. */
const AT_LATEST_MS = 1_000;

export interface FirstSave {
  /** Saves the text, or keeps it (the newest) for later. */
  readonly save: (text: string) => void;
  /** To be served in the place of the monitor: notes when it is asked. */
  readonly watched: (monitor: Monitor) => Monitor;
  /** The monitor is served from now on: a second later at the latest nothing is kept back any more. */
  readonly served: () => void;
  /** Saves what is kept, and then all that comes. */
  readonly release: () => void;
}

/**
 * Keeps the first text until the first question is answered: before that nobody was told anything, so a restart loses nothing, and the
 * children that save cost as much CPU as all that is needed for the answer.
 */
export function firstSave(saveNow: (text: string) => void): FirstSave {
  let isHeld = true;
  let isServed = false;
  let isAsked = false;
  let kept: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    clearTimeout(timer);
    isHeld = false;
    const text = kept;
    kept = undefined;
    if (text !== undefined) saveNow(text);
  }

  return {
    save(text) {
      if (isHeld) kept = text;
      else saveNow(text);
    },
    watched: (monitor) => ({
      ...monitor,
      checkHealth(parameters) {
        isAsked = true;
        // Behind the answer, which is written within this turn.
        if (isHeld && isServed) setImmediate(release);
        return monitor.checkHealth(parameters);
      },
    }),
    served() {
      isServed = true;
      timer = setTimeout(release, isAsked ? 0 : AT_LATEST_MS).unref();
    },
    release,
  };
}
