/** What the kernel log tells other checks. */
export interface XidKnowledge {
  /** PCI addresses of GPUs that fell off the bus in this boot; waits for a look at the log that is under way, which has a deadline of its own. */
  readonly fallenOff: () => Promise<readonly string[]>;
  /** For the check of the log alone: a look begins, which ends by calling what this gives. Without addresses those of before hold. */
  readonly looking: () => (fallenOff?: readonly string[]) => void;
}

export function createXidKnowledge(): XidKnowledge {
  let known: readonly string[] = [];
  let underWay: Promise<void> = Promise.resolve();
  return {
    async fallenOff() {
      await underWay;
      return known;
    },
    looking() {
      const ended = Promise.withResolvers<void>();
      underWay = ended.promise;
      return (fallenOff = known) => {
        known = fallenOff;
        ended.resolve();
      };
    },
  };
}
