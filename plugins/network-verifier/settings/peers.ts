import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, countSetting } from '../../core/settings.ts';
import { isHostName } from '../targets/target.ts';

/** With fewer than three, one that restarts is more than half of those that do not answer; more than sixteen tell nothing new. */
const [FEWEST, MOST] = [3, 16];

export const peerSettings = {
  peers: {
    initial: '',
    help: 'name of the headless Service of the verifiers on other nodes; empty: they are not looked for. In a cluster of thousands of nodes let it select some of them: its DNS answer must fit into 64 KiB',
    read(value, path) {
      if (typeof value === 'string' && (value === '' || isHostName(value))) return value;
      throw new ConfigError(path, `expected a name such as "pod-network-verifier-peers.monitoring.svc.cluster.local", got ${quote(String(value))}`);
    },
  } satisfies Setting<string>,
  peerPort: countBetween(20_282, 1, 65_535, 'TCP port that they listen on'),
  peerSample: countBetween(3, FEWEST, MOST, `how many of them are tried in one look, chosen anew each time (${FEWEST} to ${MOST})`),
};

function countBetween(initial: number, least: number, most: number, help: string): Setting<number> {
  const count = countSetting(initial, help);
  return {
    ...count,
    read(value, path) {
      const number = count.read(value, path);
      if (number < least || number > most) throw new ConfigError(path, `expected a number from ${least} to ${most}, got ${quote(String(value))}`);
      return number;
    },
  };
}
