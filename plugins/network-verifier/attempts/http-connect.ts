import { type Socket, connect as connectPlain, isIP } from 'node:net';
import { codeOf } from '../../core/errors.ts';
import type { HttpPlan } from './http-request.ts';

/** A connection that is being made. `readyEvent` is emitted once a request can be sent. */
export interface Opening {
  readonly socket: Socket;
  readonly readyEvent: 'connect' | 'secureConnect';
}

/**
 * Begins to connect; TLS 1.2 or later. What fails is told by the socket's `error`; throws where CA, certificate or key are none.
 * TLS is loaded by the first who needs it.
 */
export async function openConnection({ endpoint: { address: host, port }, tls }: HttpPlan): Promise<Opening> {
  if (tls === undefined) return { socket: heard(connectPlain({ host, port, noDelay: true })), readyEvent: 'connect' };
  const { checkServerIdentity, connect } = await import('node:tls');
  const { X509Certificate } = await import('node:crypto');
  // Or else PEM that is none would be as if nobody were trusted, and the other side had the blame.
  if (tls.ca !== undefined) void new X509Certificate(tls.ca);
  const socket = connect({
    host,
    port,
    // RFC 6066, 3: never an address.
    servername: isIP(tls.name) === 0 ? tls.name : '',
    checkServerIdentity: (_, certificate) => slim(checkServerIdentity(tls.name, certificate)),
    rejectUnauthorized: tls.isInsecure !== true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.certificate !== undefined && { cert: tls.certificate }),
    ...(tls.key !== undefined && { key: tls.key }),
  });
  return { socket: heard(socket.setNoDelay(true)), readyEvent: 'secureConnect' };
}

/** An error that comes while nobody waits for anything of it must not end the process. */
function heard<S extends Socket>(socket: S): S {
  return socket.on('error', () => {});
}

/** Without the whole certificate, which nobody wants in a log. */
function slim(complaint: Error | undefined): Error | undefined {
  return complaint && Object.assign(new Error(complaint.message), { code: codeOf(complaint) });
}
