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
