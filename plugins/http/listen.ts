import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { type Server, connect } from 'node:net';

import { ConfigError, codeOf, messageOf } from '../core/errors.ts';
import { type HttpAddress, addressText } from './address.ts';

/** A Unix socket is born open to its owner alone: whoever may read it knows all that is wrong with the node. */
const PRIVATE_UMASK = 0o177;

/**
 * Binds `server`; gives the address with the port that it really got. A socket that a killed server left behind is
 * replaced, anything else at the path is refused. Rejects with a ConfigError that names `where` and a remedy.
 */
export async function listen(server: Server, address: HttpAddress, where: string): Promise<HttpAddress> {
  try {
    if (address.kind === 'unix') await makeRoom(address.path, where);
    bind(server, address);
    await once(server, 'listening');
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(where, `cannot listen on ${addressText(address)}: ${messageOf(cause)}; ${remedyOf(cause, address)}`, { cause });
  }
  const bound = server.address();
  return address.kind === 'tcp' && bound !== null && typeof bound === 'object' ? { ...address, port: bound.port } : address;
}

function bind(server: Server, address: HttpAddress): void {
  if (address.kind === 'tcp') {
    server.listen({ host: address.host, port: address.port });
    return;
  }
  // Node.js binds a path within the call, so nothing else is made under this mask.
  const umask = process.umask(PRIVATE_UMASK);
  try {
    server.listen({ path: address.path });
  } finally {
    process.umask(umask);
  }
}

async function makeRoom(path: string, where: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new ConfigError(where, `${path} is not a socket; remove it or choose another path`);
  if (await isAnswered(path)) throw new ConfigError(where, `another program answers on ${path}; end it or choose another path`);
  rmSync(path, { force: true });
}

/** A connect on a Unix socket is decided at once; only a refused one means that nobody is there. */
async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return codeOf(error) !== 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port (`ss -ltnp` shows which); choose another one, or end it',
  EACCES: 'ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one',
  EADDRNOTAVAIL: 'this node has no such address; `ip address` lists those it has',
  EAFNOSUPPORT: 'this node has no addresses of that kind; choose one of the other',
};

/** A system's error code says what failed, not what to do. */
function remedyOf(cause: unknown, { kind }: HttpAddress): string {
  if (kind === 'unix') return 'its folder must be there, and writable for this user';
  return REMEDIES[codeOf(cause) ?? ''] ?? 'choose another address';
}
