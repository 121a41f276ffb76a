import { parseCount } from '../../core/decode.ts';
import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, durationSetting } from '../../core/settings.ts';

/** `auto`: as many as there were at the last good look; `none`: this node has none to look after. */
export type ExpectedGpus = 'auto' | 'none' | number;

/** More GPUs than one node has ever had; a larger number is a typing error. */
const MOST_GPUS = 64;

const expectGpus: Setting<ExpectedGpus> = {
  initial: 'auto',
  help: 'how many GPUs this node must have: auto (as many as at the last good look, also over reboots), none, or a number',
  read(value, path) {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    if (text === 'auto' || text === 'none') return text;
    const number = /^[0-9]{1,3}$/.test(text) ? parseCount(text, path) : 0;
    if (number < 1 || number > MOST_GPUS) throw new ConfigError(path, `expected auto, none or a number from 1 to ${MOST_GPUS}, got ${quote(text)}`);
    return number;
  },
};

/** The look of the group has 28 s, of which ending a child takes some. */
const LONGEST_TIMEOUT_MS = 25_000;

const timeout = durationSetting(20_000, 'how long nvidia-smi may take; without persistence mode it initializes every GPU anew, which takes many seconds (1s to 25s)');

export const readingSettings = {
  expectGpus,
  nvidiaSmiTimeout: {
    ...timeout,
    read(value: unknown, path: string): number {
      const ms = timeout.read(value, path);
      if (ms < 1_000 || ms > LONGEST_TIMEOUT_MS) throw new ConfigError(path, `expected 1s to ${LONGEST_TIMEOUT_MS / 1_000}s, got ${quote(String(value))}`);
      return ms;
    },
  },
};
