import { setImmediate as nextTurn } from 'node:timers/promises';

/** A long walk cut into slices, so that an answer never waits for its end. */
export interface Slices {
  /** Call between two small steps: once a slice is used up it lets everything else have its turn. Rejects with the signal's reason. */
  readonly pause: () => Promise<void> | undefined;
}

/** A poll should be answered within a few milliseconds, whatever else is under way; one step past the end may take as long again. */
const SLICE_MS = 1;

/** Starts the first slice. Await what `pause` gives only where it gives something: 10,000 promises are work as well. */
export function createSlices(signal: AbortSignal): Slices {
  let endMs = performance.now() + SLICE_MS;
  async function yieldTurn(): Promise<void> {
    await nextTurn();
    signal.throwIfAborted();
    endMs = performance.now() + SLICE_MS;
  }
  return { pause: () => (performance.now() < endMs ? undefined : yieldTurn()) };
}
