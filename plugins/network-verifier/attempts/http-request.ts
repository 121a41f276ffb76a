import { isIP } from 'node:net';
import { quote } from '../../core/errors.ts';
import { type Endpoint, type Local, endpointText } from '../attempt.ts';
import type { HttpRequest, TlsOptions } from '../sources.ts';

/** A request as it goes out. */
export interface HttpPlan {
  readonly endpoint: Endpoint;
  /** Undefined where it goes out in plain text. */
  readonly tls: (TlsOptions & { readonly name: string }) | undefined;
  /** The bytes of the request. */
  readonly text: string;
  /** `https://10.96.0.1`, without the usual port. */
  readonly origin: string;
  /** Requests of which this is the same may share a connection: where to and who we are. */
  readonly identity: string;
}

/** RFC 9110, 5.6.2 and 5.5: a token; printable ASCII and tabs. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;

/** Local where it cannot be sent; what stands in header fields is never quoted, it may be a token. Pure. */
export function planRequest({ url: urlText, address, headers = {}, tls, connection }: HttpRequest): HttpPlan | Local {
  const url = URL.parse(urlText);
  const usualPort = USUAL_PORTS[url?.protocol ?? ''];
  if (url === null || usualPort === undefined) return { kind: 'local', message: 'the URL is not one of http or https' };
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const endpoint = { address: address ?? host, port: url.port === '' ? usualPort : Number(url.port) };
  if (isIP(endpoint.address) === 0) return { kind: 'local', message: `${endpoint.address} is no IP address` };
  const unfit = Object.entries(headers).find(([name, value]) => !FIELD_NAME.test(name) || !FIELD_VALUE.test(value));
  if (unfit !== undefined) return { kind: 'local', message: `the HTTP field ${quote(unfit[0])} holds characters that may not be sent` };
  const fields = { 'Host': url.host, 'User-Agent': 'npd-plugins', 'Accept': '*/*', 'Connection': connection === undefined ? 'close' : 'keep-alive', ...headers };
  const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)];
  return {
    endpoint,
    tls: url.protocol === 'https:' ? { ...tls, name: tls?.serverName ?? host } : undefined,
    text: `${lines.join('\r\n')}\r\n\r\n`,
    origin: url.origin,
    identity: JSON.stringify([url.origin, endpointText(endpoint), credentialsIn(headers), tls]),
  };
}

const USUAL_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

function credentialsIn(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}
