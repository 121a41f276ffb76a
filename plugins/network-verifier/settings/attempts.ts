import { ConfigError, quote } from '../../core/errors.ts';
import { durationSetting } from '../../core/settings.ts';

/** A look makes two attempts one after the other, and has 30 s. */
const [SHORTEST_MS, LONGEST_MS] = [100, 10_000];

const timeout = durationSetting(3_000, 'how long one attempt may take, from its first packet to the last byte of the answer (100ms to 10s)');

export const attemptSettings = {
  checkTimeout: {
    ...timeout,
    read(value: unknown, path: string): number {
      const ms = timeout.read(value, path);
      if (ms < SHORTEST_MS || ms > LONGEST_MS) throw new ConfigError(path, `expected 100ms to ${LONGEST_MS / 1_000}s, got ${quote(String(value))}`);
      return ms;
    },
  },
};
