import { ConfigError, quote } from '../../core/errors.ts';
import { durationSetting } from '../../core/settings.ts';

/** A look makes two attempts one after the other, and has 30 s. */
export const LONGEST_ATTEMPT_MS = 10_000;
const SHORTEST_MS = 100;

const timeout = durationSetting(3_000, 'how long one attempt may take, from its first packet to the last byte of the answer (100ms to 10s)');

export const attemptSettings = {
  checkTimeout: {
    ...timeout,
    read(value: unknown, path: string): number {
      const ms = timeout.read(value, path);
      if (ms < SHORTEST_MS || ms > LONGEST_ATTEMPT_MS) throw new ConfigError(path, `expected 100ms to ${LONGEST_ATTEMPT_MS / 1_000}s, got ${quote(String(value))}`);
      return ms;
    },
  },
};
