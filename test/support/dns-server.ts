import { type Socket as UdpSocket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, type Socket, createServer, isIPv6 } from 'node:net';
import { type Asked, type MessageManner, type Records, askedIn, messageIn } from './dns-answers.ts';

/** How questions over one transport are met. `closed`: nobody listens. */
export type Manner =
  | MessageManner | 'silent' | 'closed'
  /** Over TCP alone: cuts off; closes after the question; sends half a message and closes, or waits. */
  | 'reset' | 'hangs-up' | 'half' | 'half-silent';

export interface Behaviour {
  readonly udp: Manner | ((question: Asked) => Manner);
  readonly tcp: Manner | ((question: Asked) => Manner);
  readonly records: Records;
  readonly delayMs: number;
}

/** A real name server over UDP and TCP. */
export interface DnsServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** What it was asked, the oldest first, e.g. `UDP AAAA example.com.`. */
  readonly asked: () => readonly string[];
  /** From now on; what is not given stays. */
  readonly behave: (change: Partial<Behaviour>) => Promise<void>;
}

/** Listens on the same port for UDP and TCP; without a port on one that is free. Answers unless told otherwise. */
export async function dnsServer(behaviour: Partial<Behaviour> = {}, { address = '127.0.0.1', port: wanted = 0 } = {}): Promise<DnsServer> {
  let now: Behaviour = { udp: 'answers', tcp: 'answers', records: {}, delayMs: 0, ...behaviour };
  const asked: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const meet: Meet = (bytes, transport, wire) => {
    const question = askedIn(bytes, transport);
    asked.push(`${transport} ${question.type} ${question.name}`);
    const met = transport === 'UDP' ? now.udp : now.tcp;
    const answer = (): void => respond(typeof met === 'function' ? met(question) : met, question, now.records, wire);
    if (now.delayMs > 0) timers.add(setTimeout(answer, now.delayMs));
    else answer();
  };
  const { udp, tcp, port } = await listenOnBoth(address, wanted, meet);
  const behave = async (change: Partial<Behaviour>): Promise<void> => {
    now = { ...now, ...change };
    await udp.set(now.udp !== 'closed');
    await tcp.set(now.tcp !== 'closed');
  };
  await behave({});
  return {
    address,
    port,
    asked: () => asked,
    behave,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      await udp.set(false);
      await tcp.set(false);
    },
  };
}

interface Wire {
  readonly send: (message: Buffer) => void;
  readonly sendHalf: (message: Buffer) => void;
  readonly end: () => void;
  readonly reset: () => void;
}

type Meet = (bytes: Buffer, transport: Asked['transport'], wire: Wire) => void;

function respond(manner: Manner, question: Asked, records: Records, wire: Wire): void {
  if (manner === 'silent' || manner === 'closed') return;
  if (manner === 'reset') return wire.reset();
  if (manner === 'hangs-up') return wire.end();
  if (manner !== 'half' && manner !== 'half-silent') return wire.send(messageIn(manner, question, records));
  wire.sendHalf(messageIn('answers', question, records));
  if (manner === 'half') wire.end();
}

/** One transport, which may listen or not. */
interface Listener {
  readonly port: number;
  readonly set: (isOpen: boolean) => Promise<void>;
}

/** A port that is free for both: another one where somebody has the one of TCP already. */
async function listenOnBoth(address: string, wanted: number, meet: Meet): Promise<{ readonly udp: Listener; readonly tcp: Listener; readonly port: number }> {
  for (;;) {
    const udp = await listenOnUdp(address, wanted, meet);
    try {
      return { udp, tcp: await listenOnTcp(address, udp.port, meet), port: udp.port };
    } catch (cause) {
      await udp.set(false);
      if (wanted !== 0) throw cause;
    }
  }
}

async function listenOnUdp(address: string, wanted: number, meet: Meet): Promise<Listener> {
  const bind = async (port: number): Promise<UdpSocket> => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4) });
    socket.on('message', (bytes, peer) => {
      const nothing = (): void => {};
      meet(bytes, 'UDP', { send: (message) => socket.send(message, peer.port, peer.address, nothing), sendHalf: nothing, end: nothing, reset: nothing });
    });
    const listening = once(socket, 'listening');
    socket.bind({ address, port, exclusive: true });
    await listening;
    return socket;
  };
  let open: UdpSocket | undefined = await bind(wanted);
  const { port } = open.address();
  return {
    port,
    async set(isOpen) {
      if (isOpen) {
        open ??= await bind(port);
        return;
      }
      const closed = open && once(open, 'close');
      open?.close();
      open = undefined;
      await closed;
    },
  };
}

async function listenOnTcp(address: string, port: number, meet: Meet): Promise<Listener> {
  const sockets = new Set<Socket>();
  const listen = async (): Promise<Server> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      serve(socket, meet);
    });
    server.listen(port, address);
    await once(server, 'listening');
    return server;
  };
  let open: Server | undefined = await listen();
  return {
    port,
    async set(isOpen) {
      if (isOpen) {
        open ??= await listen();
        return;
      }
      for (const socket of sockets) socket.destroy();
      const closed = open && once(open, 'close');
      open?.close();
      open = undefined;
      await closed;
    },
  };
}

/** One question per connection, as clients of ours ask. */
function serve(socket: Socket, meet: Meet): void {
  let unread: Buffer = Buffer.alloc(0);
  const framed = (message: Buffer): Buffer => Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);
  socket.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    if (unread.length < 2 || unread.length < 2 + unread.readUInt16BE()) return;
    meet(unread.subarray(2), 'TCP', {
      send: (message) => socket.write(framed(message)),
      sendHalf: (message) => socket.write(framed(message).subarray(0, Math.ceil(message.length / 2))),
      end: () => socket.end(),
      reset: () => socket.resetAndDestroy(),
    });
  });
}
