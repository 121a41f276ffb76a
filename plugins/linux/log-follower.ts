/** One line of the kernel log. */
export interface LogRecord {
  /** The text without prefix: `NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.` */
  readonly text: string;
}

/** What came since the last call. */
export type LogNews =
  | {
      readonly kind: 'ok';
      /** Records that the kernel overwrote before they were read, as far as that can be told. */
      readonly lostCount: number;
      /** Where to go on after a restart; JSON only, small. */
      readonly position: unknown;
    }
  | { readonly kind: 'absent' | 'denied' | 'failed'; readonly message: string };

/** Follows a log from where it left off. */
export interface LogFollower {
  /** Somebody said where the log is: that nothing can be read there is no choice of privileges, but a mistake or a loss. */
  readonly isGiven?: boolean;
  /**
   * Gives each new record to `take`, in order, none twice. Bounded per call; what is left comes with the next one. Never rejects.
   *
   * @param position what an earlier call gave, also of an earlier process of this boot; undefined to begin with the oldest record
   */
  readonly read: (root: string, position: unknown, take: (record: LogRecord) => void, signal: AbortSignal) => Promise<LogNews>;
}
