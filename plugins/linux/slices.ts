import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** A long walk cut into slices, so that an answer never waits for its end. */
export interface Slices {
  /** Call between two small steps: once a slice is used up it lets everything else have its turn. Rejects with the signal's reason. */
  readonly pause: () => Promise<void> | undefined;
}

/** A poll should be answered within a few milliseconds, whatever else is under way; one step past the end may take as long again. */
const SLICE_MS = 1;

/** The walk of a node with some hundred processes is over by then. */
const EAGER_SLICES = 20;

/** An answer takes several turns of the event loop, of which most must have no slice in between; and a walk has time. */
const REST_MS = 9;

/** Starts the first slice. Await what `pause` gives only where it gives something: 10,000 promises are work as well. */
export function createSlices(signal: AbortSignal): Slices {
  let endMs = performance.now() + SLICE_MS;
  let slices = 0;
  async function yieldTurn(): Promise<void> {
    slices += 1;
    if (slices < EAGER_SLICES) await nextTurn();
    else await sleep(REST_MS);
    signal.throwIfAborted();
    endMs = performance.now() + SLICE_MS;
  }
  return { pause: () => (performance.now() < endMs ? undefined : yieldTurn()) };
}
