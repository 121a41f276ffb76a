import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createListener } from 'node:net';

import { messageOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { type HttpAddress, addressText, parseHttpAddress } from './address.ts';
import { createConnections } from './connections.ts';
import { healthPage, readiness } from './health.ts';
import { listen } from './listen.ts';
import { looksPage } from './looks.ts';
import { type Observed, type Page, linesPage } from './observed.ts';

/** A request of a probe or a scraper has some hundred bytes. */
const LONGEST_HEAD_BYTES = 8 * 1_024;

/** Not imported: an import reads every member of the module, one of which loads undici, which costs 2 MiB. */
const { createServer } = process.getBuiltinModule('node:http');

/** The parser must see more than it allows, to say so. */
const LIMITS = { most: 64, lifeMs: 10_000, longestHeadBytes: 2 * LONGEST_HEAD_BYTES };

export interface HttpOptions {
  /** As the user gave it, see `parseHttpAddress`. */
  readonly address: string;
  /** The flag or key that gave it, for messages. */
  readonly where: string;
  readonly observed: Observed;
  readonly log: Logger;
}

/**
 * Answers /healthz, /readyz, /metrics, /looks and /report until disposed. Rejects with a ConfigError if it cannot. Neither the
 * server nor a client of it keeps the process from ending.
 */
export async function serveHttp({ address, where, observed, log }: HttpOptions): Promise<AsyncDisposable> {
  const wanted = parseHttpAddress(address, where);
  const routes = routesOf(observed, wanted);
  const server = createServer({ maxHeaderSize: LONGEST_HEAD_BYTES }, (request, response) => {
    connections.asked(request);
    void pageOf(request, routes, log).then((page) => send(response, page));
  });
  const connections = createConnections(server, LIMITS);
  // Half open: a client may close its side when it has asked.
  const listener = createListener({ allowHalfOpen: true }, connections.accept).unref();
  const bound = await listen(listener, wanted, where);
  // A connection that could not be accepted (EMFILE) is that client's trouble and not our end.
  listener.on('error', () => {});
  log.info({ address: addressText(bound) }, 'answering HTTP');
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => void listener.close(() => resolve()));
      connections.destroy();
      await closed;
    },
  };
}

type Routes = ReadonlyMap<string, (request: IncomingMessage) => Page | Promise<Page>>;

function routesOf(observed: Observed, address: HttpAddress): Routes {
  return new Map<string, (request: IncomingMessage) => Page | Promise<Page>>([
    ['/healthz', () => healthPage(observed)],
    ['/readyz', readiness(observed)],
    // Loaded by the first who asks: most sidecars are never scraped.
    ['/metrics', async () => (await import('./metrics-page.ts')).metricsPage(observed)],
    ['/looks', () => looksPage(observed)],
    ['/report', async ({ url = '', headers }) => (await import('./report.ts')).reportPage(observed.report, address, url, headers)],
  ]);
}

/** Never rejects. */
async function pageOf(request: IncomingMessage, routes: Routes, log: Logger): Promise<Page> {
  const { method, url = '' } = request;
  const [path = ''] = url.split('?', 1);
  const make = routes.get(path);
  if (make === undefined) return linesPage(404, [`not found; known are ${[...routes.keys()].join(', ')}`]);
  if (method !== 'GET' && method !== 'HEAD') return linesPage(405, ['only GET and HEAD are allowed']);
  try {
    return await make(request);
  } catch (error) {
    log.error({ path, err: error }, 'could not answer over HTTP');
    return linesPage(500, [`internal error: ${messageOf(error)}`]);
  }
}

function send(response: ServerResponse, { status, contentType, body }: Page): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    // One request per connection, see `oneRequest`.
    connection: 'close',
    // A browser must not take what stands in a message for a page.
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(body);
}
