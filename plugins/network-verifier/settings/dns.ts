import { ConfigError, quote } from '../../core/errors.ts';
import { type Setting, durationSetting, listSetting } from '../../core/settings.ts';
import { bareName, isDomainName } from '../dns/fqdn.ts';
import { parseNameEntry } from '../dns/name-entry.ts';
import { parseServerAddress } from '../dns/server-address.ts';
import { switchSetting, wordSetting } from './switches.ts';

/** All are asked at once, two questions a name and server, so their number is the number of sockets. */
const [MOST_NAMES, MOST_SERVERS] = [20, 8];

const names = listSetting(['kubernetes.default.svc'], 'names that each name server must know; one that ends in `.svc` gets the domain of the cluster, others are asked for as they are; `NAME=ADDRESS|ADDRESS` says what is to come back; an IP address is asked as a name server');
const servers = listSetting([], 'name servers to ask in place of those in resolv.conf: `IP`, `IP:port` or `[IPv6]:port`');
const latency = durationSetting(2_000, 'an answer that takes longer is slow');

const clusterDomain: Setting<string> = {
  initial: 'auto',
  help: 'domain of the cluster; auto: from the search list of resolv.conf, else `cluster.local`',
  read(value, path) {
    if (typeof value === 'string' && isDomainName(value)) return bareName(value);
    throw new ConfigError(path, `expected auto or a domain such as cluster.local, got ${quote(String(value))}`);
  },
};

export const dnsSettings = {
  dns: switchSetting('on', 'whether name servers are asked'),
  dnsOverTcp: wordSetting(['auto', 'on', 'off'], 'whether each name server is asked over TCP, too; auto: in a cluster, since small resolvers of homes and offices often cannot'),
  dnsNames: {
    ...names,
    read(value: unknown, path: string): readonly string[] {
      const entries = upTo(MOST_NAMES, names.read(value, path), path);
      for (const [index, entry] of entries.entries()) parseNameEntry(entry, `${path}[${index}]`);
      return entries;
    },
  },
  nameServers: {
    ...servers,
    read(value: unknown, path: string): readonly string[] {
      const entries = upTo(MOST_SERVERS, servers.read(value, path), path);
      const wrong = entries.find((entry) => parseServerAddress(entry) === undefined);
      if (wrong !== undefined) throw new ConfigError(path, `expected IP, IP:port or [IPv6]:port, got ${quote(wrong)}`);
      return entries;
    },
  },
  clusterDomain,
  dnsMaxLatency: {
    ...latency,
    read(value: unknown, path: string): number {
      const ms = latency.read(value, path);
      if (ms === 0) throw new ConfigError(path, 'expected more than 0; a long one such as 10s calls nothing slow');
      return ms;
    },
  },
};

function upTo(most: number, entries: readonly string[], path: string): readonly string[] {
  if (entries.length > most) throw new ConfigError(path, `expected at most ${most} entries, got ${entries.length}`);
  return entries;
}
