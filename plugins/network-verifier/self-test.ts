import { parseNetDev } from '../linux/proc/net-dev.ts';
import { readText, valueOrThrow } from '../linux/read.ts';
import { messageOf } from '../core/errors.ts';
import type { Scope } from './scope.ts';

interface Seen {
  readonly message: string;
  readonly details: object;
  readonly isWarning?: boolean;
}

/** Names of interfaces that are told of; a node has one for every Pod. */
const MOST_NAMES = 8;

/**
 * Whether what is called the host's network is that: `hostNetwork` is easily forgotten, and then Pod and host have the same name.
 * Two namespaces seldom have the same interfaces: there is one on the host for each Pod, ours too.
 *
 * @param ownRoot where our own /proc lies
 */
export function networkSelfTest(scope: Scope, ownRoot: string = '/'): (root: string) => Promise<Seen> {
  return async (root) => {
    if (scope === 'pod') return { message: 'looks from the Pod network, as --scope pod says', details: {} };
    try {
      return judgeNamespaces(interfacesIn(ownRoot, 'proc/self/net/dev'), interfacesIn(root, 'proc/1/net/dev'));
    } catch (error) {
      return { message: `could not tell whether this is the network of the host: ${messageOf(error)}`, details: {} };
    }
  };
}

/** Pure: by the names of interfaces, sorted. */
export function judgeNamespaces(own: readonly string[], hosts: readonly string[]): Seen {
  const details = { own, hosts };
  if (own.join(' ') === hosts.join(' ')) return { message: "looks from the host's network", details };
  return {
    message: `looks from another network than that of the host: ${listed(own)} are here, ${listed(hosts)} there; set hostNetwork: true, or --scope pod for what Pods see`,
    details,
    isWarning: true,
  };
}

function listed(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more` : names.join(', ');
}

function interfacesIn(root: string, path: string): readonly string[] {
  return [...parseNetDev(valueOrThrow(readText(root, path)), path).keys()].toSorted();
}
