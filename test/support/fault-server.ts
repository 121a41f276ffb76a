import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { TLSSocket, createServer as createTlsServer } from 'node:tls';
import { eventually } from './eventually.ts';
import { type Asked, REQUEST_DEEDS, type RequestDeed } from './fault-server-deeds.ts';
import { type Reply, type SeenRequest, readRequests } from './fault-server-http.ts';
import { type TlsIdentityName, testCa, tlsIdentities } from './tls-certificates.ts';

/** What the server does to who connects, before a word was said. */
type AcceptDeed = 'refuse' | 'silent' | 'reset-on-accept' | 'close-on-accept' | 'plain-text';
export type Deed = AcceptDeed | RequestDeed;

/** How a server behaves from now on; the deed is to answer well, and the identity the good one, where nothing is said. */
export interface Behaviour {
  readonly deed?: Deed;
  /** Which certificate it shows; without effect where it speaks plain text. */
  readonly identity?: TlsIdentityName;
  /** In place of what `respond` says. */
  readonly status?: number;
}

export interface FaultServerOptions {
  readonly isTls?: boolean;
  readonly address?: string;
  /** 0 for any that is free; the same over all changes. */
  readonly port?: number;
  readonly behaviour?: Behaviour;
  readonly respond?: (request: SeenRequest) => Reply;
}

/** A server for TCP, TLS and HTTP that fails as it is told. */
export interface FaultServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  /** All that came, the oldest first. */
  readonly requests: readonly SeenRequest[];
  /** How many connections were accepted. */
  readonly connectionCount: () => number;
  /**
   * From now on, for connections that are open, too. A deed that begins before a request, and another certificate, are what a
   * restart brings: it closes what is open first.
   */
  readonly behave: (behaviour: Behaviour) => Promise<void>;
  /** Closes all connections in good order, as who restarts does. */
  readonly dropConnections: () => void;
  /** Until so many requests have come. */
  readonly untilRequested: (count: number) => Promise<void>;
  /** Until no connection is open. */
  readonly untilIdle: () => Promise<void>;
}

const ACCEPT_DEEDS: ReadonlySet<string> = new Set<AcceptDeed>(['refuse', 'silent', 'reset-on-accept', 'close-on-accept', 'plain-text']);

/** Starts it; ended by `await using`. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { isTls = false, address = '127.0.0.1', respond = () => ({ status: 200, body: 'ok' }) } = options;
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  let behaviour: Behaviour = options.behaviour ?? {};
  let connectionCount = 0;

  const serve = (stream: Socket, socket: Socket, connection: number): void => {
    stream.on('error', () => {});
    readRequests(stream, (head) => {
      const request = { ...head, clientName: clientNameOf(stream), connection };
      requests.push(request);
      const reply = behaviour.status === undefined ? respond(request) : { status: behaviour.status };
      // A deed that begins before a request does nothing more to who was let in before.
      deedOf(behaviour)?.({ reply, stream, socket });
    });
  };

  const accept = (socket: Socket): void => {
    const connection = ++connectionCount;
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    const { deed = 'answer', identity = 'good' } = behaviour;
    if (deed === 'reset-on-accept') socket.resetAndDestroy();
    if (deed === 'close-on-accept') socket.end();
    if (deed === 'plain-text') socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    // What is sent is taken all the same.
    if (ACCEPT_DEEDS.has(deed)) return void socket.resume();
    if (!isTls) return serve(socket, socket, connection);
    createTlsServer({ ...tlsIdentities[identity], ca: testCa, requestCert: true, rejectUnauthorized: false }, (stream) => serve(stream, socket, connection)).emit('connection', socket);
  };

  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  let server: Server | undefined = await listen(accept, address, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    dropConnections();
    await closed;
  };
  if (behaviour.deed === 'refuse') await close();

  return {
    address,
    port,
    url: `${isTls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`,
    requests,
    connectionCount: () => connectionCount,
    dropConnections,
    untilRequested: async (count) => void (await eventually(`request ${count}`, () => requests.length >= count)),
    async untilIdle() {
      while (sockets.size > 0) await Promise.all([...sockets].map(closeOf));
    },
    async behave(next) {
      const isRestart = ACCEPT_DEEDS.has(next.deed ?? 'answer') || (next.identity ?? 'good') !== (behaviour.identity ?? 'good');
      behaviour = next;
      if (isRestart) dropConnections();
      if (next.deed === 'refuse') await close();
      else server ??= await listen(accept, address, port);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function closeOf(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
}

async function listen(accept: (socket: Socket) => void, host: string, port: number): Promise<Server> {
  const server = createServer(accept).listen({ host, port });
  await once(server, 'listening');
  return server;
}

function deedOf({ deed = 'answer' }: Behaviour): ((asked: Asked) => void) | undefined {
  return deed in REQUEST_DEEDS ? REQUEST_DEEDS[deed as RequestDeed] : undefined;
}

function clientNameOf(stream: Socket): string | undefined {
  if (!(stream instanceof TLSSocket) || !stream.authorized) return undefined;
  const name = stream.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
