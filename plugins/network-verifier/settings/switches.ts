import { ConfigError, quote } from '../../core/errors.ts';
import type { Setting } from '../../core/settings.ts';

/** One of two words. Reading throws ConfigError naming the path. */
export function switchSetting(initial: 'on' | 'off', help: string): Setting<'on' | 'off'> {
  return {
    initial,
    help,
    read(value, path) {
      if (value === 'on' || value === 'off') return value;
      if (typeof value === 'boolean') return value ? 'on' : 'off';
      if (value === 'true' || value === 'false') return value === 'true' ? 'on' : 'off';
      throw new ConfigError(path, `expected on or off, got ${quote(String(value))}`);
    },
  };
}

/** One of these words, the first by default. Reading throws ConfigError naming the path and the words. */
export function wordSetting<T extends string>(words: readonly [T, ...T[]], help: string): Setting<T> {
  return {
    initial: words[0],
    help,
    read(value, path) {
      const word = words.find((one) => one === value);
      if (word === undefined) throw new ConfigError(path, `expected ${words.join(', ')}, got ${quote(String(value))}`);
      return word;
    },
  };
}
