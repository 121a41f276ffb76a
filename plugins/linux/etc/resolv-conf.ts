import { isIP } from 'node:net';

/** resolv.conf(5), as far as it says whom to ask for which names. */
export interface ResolvConf {
  /** At most three addresses, IPv6 ones perhaps with `%zone`. */
  readonly nameServers: readonly string[];
  /** Domains that are tried after a name, in order, without a dot at either end. */
  readonly search: readonly string[];
  /** A name with fewer dots is tried with those domains first. */
  readonly ndots: number;
  /** What stands where the address of a name server belongs and is none; libc goes on without it. */
  readonly badNameServers: readonly string[];
}

/** MAXNS and RES_MAXNDOTS of resolv.h; what is beyond the first is ignored, what is above the second counts as that. */
const [MOST_NAME_SERVERS, MOST_NDOTS] = [3, 15];

/**
 * Parses /etc/resolv.conf, see resolv.conf(5).
 *
 *     search default.svc.cluster.local svc.cluster.local cluster.local
 *     nameserver 10.96.0.10
 *     options ndots:5
 *
 * A keyword stands at the beginning of its line, as libc has it; other lines and words are ignored. Of several `search` and
 * `domain` lines the last one counts. Never throws.
 */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.split(/[ \t\r]+/);
    const values = words.filter((word) => word !== '');
    // A word alone changes nothing.
    if (values.length === 0) continue;
    if (keyword === 'nameserver') servers.push(...values.slice(0, 1));
    if (keyword === 'domain') search = domainsOf(values.slice(0, 1));
    if (keyword === 'search') search = domainsOf(values);
    if (keyword === 'options') ndots = ndotsOf(values) ?? ndots;
  }
  return {
    nameServers: servers.filter((word) => isIP(word) !== 0).slice(0, MOST_NAME_SERVERS),
    search,
    ndots,
    badNameServers: servers.filter((word) => isIP(word) === 0),
  };
}

/** The root alone (`.`) adds nothing to a name. */
function domainsOf(words: readonly string[]): readonly string[] {
  return words.map((word) => word.replaceAll(/^\.+|\.+$/g, '')).filter((domain) => domain !== '');
}

function ndotsOf(options: readonly string[]): number | undefined {
  const [, digits] = options.map((option) => /^ndots:(\d{1,9})$/.exec(option)).findLast((match) => match !== null) ?? [];
  return digits === undefined ? undefined : Math.min(Number(digits), MOST_NDOTS);
}
