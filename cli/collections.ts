import type { Clock } from '../plugins/core/clock.ts';

/** By then what a look has left behind is garbage. */
const AFTER_MS = 1_000;

/** By then the first answer was given, even where there is hardly any CPU, and the slow checks have begun, whose own garbage goes with that of the start. */
const AFTER_START_MS = 3_000;

/** A collection that hands pages back takes 20 ms of CPU, as much as a look: the first is worth it, and then about one in five minutes. */
const EVERY_CALLS = 30;

/** V8 lets go of code that runs no more only when several collections have found it so: of what only the start needs that is 1 MiB. */
const ROUNDS_AFTER_START = 3;

/** When the one heap of this process is collected, whoever in it wants that. */
export interface Collections {
  /** Gives a function to be called when much has become garbage: the first call is worth a collection soon, and then every thirtieth. */
  readonly sparer: () => () => void;
  /** To be called when a start begins, and what it gives when that is over. Nothing is collected in between, and some times after it. */
  readonly start: () => () => void;
}

/** Of several that are wanted at about the same time there is one. */
export function createCollections({ clock, collect }: { readonly clock: Pick<Clock, 'schedule'>; readonly collect: () => void }): Collections {
  let isStarting = false;
  let isDue = false;

  function collectAfter(ms: number, rounds: number): void {
    if (isDue) return;
    isDue = true;
    clock.schedule(ms, () => {
      isDue = false;
      collect();
      if (rounds > 1) collectAfter(AFTER_MS, rounds - 1);
    });
  }

  return {
    sparer() {
      let calls = 0;
      return () => {
        if (calls++ % EVERY_CALLS === 0 && !isStarting) collectAfter(AFTER_MS, 1);
      };
    },
    start() {
      isStarting = true;
      return () => {
        isStarting = false;
        collectAfter(AFTER_START_MS, ROUNDS_AFTER_START);
      };
    },
  };
}
