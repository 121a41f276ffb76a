import { isIP } from 'node:net';
import type { ApiAccess } from '../../kube/access.ts';
import type { AttemptLimits, Endpoint, Outcome } from '../attempt.ts';
import { familiesInTurns } from '../attempts/families.ts';
import type { HttpAnswer, HttpRequest, NetworkSources } from '../sources.ts';

/** The API server as it is to be reached now. */
export interface ApiServer {
  /** For messages: `https://10.96.0.1:443` */
  readonly url: string;
  /** GET of a path such as `/readyz`, over the one connection that all checks share. Never rejects. */
  readonly get: (path: string) => Promise<ApiAnswer>;
}

export interface ApiAnswer {
  readonly outcome: Outcome<HttpAnswer>;
  /** Whom it is from, or of several that were tried in vain the last. Undefined where its name led to none, which then is the outcome. */
  readonly endpoint: Endpoint | undefined;
}

/** Of a name with more addresses no more are tried. */
const MOST_ADDRESSES = 4;

/** Nor after two of them that did not answer, so that a look ends in time; those of a family that this node has not got take none. */
const MOST_TIMEOUTS = 1.5;

/** Nobody answers at this address, but at another one somebody may: every client tries all that a name has. */
const NO_CONNECTION: ReadonlySet<string> = new Set(['timeout', 'refused', 'unreachable']);

export interface ApiServerParts {
  readonly getHttp: NetworkSources['getHttp'];
  readonly access: ApiAccess;
  /** Of the host of its URL. */
  readonly addresses: Outcome<readonly string[]>;
  /** The one that answered last: its connection is still open. */
  readonly preferred: () => string | undefined;
  readonly limits: AttemptLimits;
}

export function apiServerOf({ getHttp, access, addresses, preferred, limits }: ApiServerParts): ApiServer {
  const { port, protocol } = new URL(access.url);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return {
    url: access.url,
    async get(path) {
      if (addresses.kind !== 'ok') return { outcome: addresses, endpoint: undefined };
      let last: ApiAnswer = { outcome: { kind: 'local', message: 'there is no address to ask' }, endpoint: undefined };
      const best = preferred();
      let tookMs = 0;
      for (const address of familiesInTurns(addresses.value).toSorted((a, b) => Number(b === best) - Number(a === best)).slice(0, MOST_ADDRESSES)) {
        const outcome = await getHttp(requestOf(access, path, address), limits);
        last = { outcome, endpoint: { address, port: number } };
        if (outcome.kind !== 'failed' || !NO_CONNECTION.has(outcome.fault)) return last;
        tookMs += outcome.tookMs;
        if (tookMs >= MOST_TIMEOUTS * limits.timeoutMs) return last;
      }
      return last;
    },
  };
}

/** The host of the URL without brackets, a name or an address. */
export function hostOf({ url }: ApiAccess): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

function requestOf(access: ApiAccess, path: string, address: string): HttpRequest {
  const { url, ca, serverName, isInsecure, token, certificate, key } = access;
  return {
    url: url + path,
    ...(isIP(hostOf(access)) === 0 && { address }),
    headers: { Accept: 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
    tls: {
      ...(ca !== undefined && { ca }), ...(serverName !== undefined && { serverName }), ...(isInsecure !== undefined && { isInsecure }),
      ...(certificate !== undefined && key !== undefined && { certificate, key }),
    },
    connection: 'API server',
  };
}
