import type { NodeReport } from '../plugins/host-inspector/report/model.ts';

/** A report is made only so often, however many ask for it: it costs some 100 ms of CPU, and more with the number of processes. */
const FRESH_MS = 60_000;

/** The report of the node that this process serves, made when somebody asks for it. */
export interface ReportKeeper {
  /** One that is younger than a minute; else a new one, which all who ask meanwhile get. Rejects with what kept it from being made. */
  readonly report: () => Promise<NodeReport>;
}

/**
 * @param make makes one, and has a deadline
 * @param onForgotten called when one has become garbage
 * @param freshMs how long one is kept; afterwards nothing of it stays in memory
 */
export function reportKeeper(make: () => Promise<NodeReport>, onForgotten: () => void, freshMs: number = FRESH_MS): ReportKeeper {
  let known: Promise<NodeReport> | undefined;
  return {
    async report() {
      if (known !== undefined) return await known;
      const made = make();
      known = made;
      const forget = (): void => {
        known = undefined;
        onForgotten();
      };
      // What failed is tried again by the next who asks.
      made.then(() => setTimeout(forget, freshMs).unref(), forget);
      return await made;
    },
  };
}
