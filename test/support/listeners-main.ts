import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Server, connect, createServer } from 'node:net';

/**
 * Listens until its standard input ends. Arguments are `tcp|udp ADDRESS PORT [v6only] [reuse] [connect]`, each in one word with
 * commas: `tcp,::,4001,v6only`. With `connect` somebody connects to it, or it connects to itself. Prints `ready`.
 */
const open: (Server | Socket)[] = [];

for (const argument of process.argv.slice(2)) {
  const [protocol, address = '', port, ...options] = argument.split(',');
  const [ipv6Only, reusePort] = ['v6only', 'reuse'].map((option) => options.includes(option));
  for (let times = reusePort ? 2 : 1; times > 0; times--) {
    if (protocol === 'tcp') await listen({ host: address, port: Number(port), ipv6Only, reusePort }, options.includes('connect'));
    else await bind({ address, port: Number(port), ipv6Only, reusePort }, options.includes('connect'));
  }
}

interface Place {
  readonly port: number;
  readonly ipv6Only: boolean | undefined;
  readonly reusePort: boolean | undefined;
}

async function listen({ ipv6Only = false, reusePort = false, ...place }: Place & { readonly host: string }, isConnected: boolean): Promise<void> {
  const server = createServer(() => {});
  server.listen({ ...place, ipv6Only, reusePort });
  await once(server, 'listening');
  if (isConnected) await once(connect(place.port, place.host), 'connect');
  open.push(server);
}

async function bind({ address, port, ipv6Only = false, reusePort = false }: Place & { readonly address: string }, isConnected: boolean): Promise<void> {
  const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', ipv6Only, reusePort });
  socket.bind(port, address);
  await once(socket, 'listening');
  if (isConnected) {
    socket.connect(port, address);
    await once(socket, 'connect');
  }
  open.push(socket);
}

process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
process.exit(open.length > 0 ? 0 : 1);
