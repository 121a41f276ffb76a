import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, listSetting } from '../../core/settings.ts';
import { readQuorum } from '../targets/quorum.ts';
import { readTarget } from '../targets/target.ts';

/** As many findings of one check are tracked; and each is a connection of every node, every minute. */
const MOST_TARGETS = 64;

const list = listSetting([], 'what must be reachable: `HOST:PORT` or `tcp://HOST:PORT` (a TCP connection), `http://…` or `https://…` (a status below 400, in at most 256 KiB; https with the CAs that Node.js brings)');

export const targetSettings = {
  targets: {
    ...list,
    read(value: unknown, path: string): readonly string[] {
      const entries = list.read(value, path);
      const seen = new Set<string>();
      for (const [index, entry] of entries.entries()) {
        const target = readTarget(entry);
        if (typeof target === 'string') throw new ConfigError(`${path}[${index}]`, target);
        if (seen.has(target.text)) throw new ConfigError(`${path}[${index}]`, `${quote(entry)} is there twice`);
        seen.add(target.text);
      }
      if (entries.length > MOST_TARGETS) throw new ConfigError(path, `expected at most ${MOST_TARGETS} targets, got ${entries.length}`);
      return entries;
    },
  },
  targetQuorum: {
    initial: 'all',
    help: 'how many of the targets must be reached: `all`, a number, or e.g. `2 of 3`, which is refused where there are not three; with fewer than all a single target raises nothing',
    read(value, path) {
      const text = typeof value === 'number' ? String(value) : value;
      if (typeof text !== 'string') throw new ConfigError(path, `expected all or a number, got ${quote(JSON.stringify(value) ?? 'nothing')}`);
      const quorum = readQuorum(text);
      if (typeof quorum === 'string') throw new ConfigError(path, quorum);
      return text;
    },
  } satisfies Setting<string>,
};
