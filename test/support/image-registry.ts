import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was pushed to a registry. */
export interface Registry extends AsyncDisposable {
  /** `localhost:40123`. */
  readonly address: string;
  /** The manifest under a tag or digest of a repository, e.g. `team/gpu-monitor` and `v1`; undefined if there is none. */
  readonly manifest: (repository: string, reference: string) => Manifest | undefined;
  readonly hasBlob: (digest: string) => boolean;
}

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** As much of the OCI distribution specification as a push needs; blobs are taken in and forgotten but for their digest. */
export async function registry(): Promise<Registry> {
  const blobs = new Map<string, number>();
  const manifests = new Map<string, Manifest>();
  const uploads = new Map<string, Buffer[]>();
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, repository = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests') return await manifestAsked(request, response, `${repository}:${reference}`, repository);
    if (kind === 'blobs' && reference.startsWith('uploads/')) return await uploaded(request, response, url);
    if (kind === 'blobs') return void response.writeHead(blobs.has(reference) ? 200 : 404, { 'content-length': blobs.get(reference) ?? 0 }).end();
    response.writeHead(url.pathname === '/v2/' ? 200 : 404).end();
  }

  /** POST begins one, PATCH brings bytes, PUT ends it and says what the digest should be. */
  async function uploaded(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = request.method === 'POST' ? `${url.pathname.replace(/\/$/, '')}/${uploads.size + 1}` : url.pathname;
    const pieces = uploads.get(path) ?? [];
    uploads.set(path, pieces);
    for await (const piece of request) pieces.push(piece as Buffer);
    const headers = { location: path, range: `0-${Math.max(0, pieces.reduce((sum, { length }) => sum + length, 0) - 1)}` };
    if (request.method !== 'PUT') return void response.writeHead(202, headers).end();
    const [digest, content] = [url.searchParams.get('digest') ?? '', Buffer.concat(pieces)];
    uploads.set(path, []);
    if (digest !== digestOf(content)) return void response.writeHead(400).end();
    blobs.set(digest, content.length);
    response.writeHead(201, { ...headers, 'docker-content-digest': digest }).end();
  }

  async function manifestAsked(request: IncomingMessage, response: ServerResponse, key: string, repository: string): Promise<void> {
    if (request.method !== 'PUT') return void response.writeHead(404).end();
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces);
    const manifest = { digest: digestOf(text), mediaType: request.headers['content-type'] ?? '', content: JSON.parse(text.toString()) as Record<string, unknown> };
    manifests.set(key, manifest).set(`${repository}:${manifest.digest}`, manifest);
    response.writeHead(201, { 'docker-content-digest': manifest.digest }).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    manifest: (repository, reference) => manifests.get(`${repository}:${reference}`),
    hasBlob: (digest) => blobs.has(digest),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
