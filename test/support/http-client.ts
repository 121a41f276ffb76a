import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';

import { eventually } from './eventually.ts';
import type { Program } from './program.ts';

export interface Answer {
  readonly status: number | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** `http://127.0.0.1:1234` or `unix:/run/a.http`, as the log of a program tells it. */
export async function httpAddressOf(program: Program): Promise<string> {
  return await eventually('the address', () => /"address":"([^"]+)","msg":"answering HTTP"/.exec(program.stderr())?.[1]);
}

/** One request on a connection of its own; rejects after ten seconds. */
export async function ask(address: string, path: string, method = 'GET'): Promise<Answer> {
  const where = address.startsWith('unix:') ? { socketPath: address.slice('unix:'.length) } : urlParts(address);
  const sent = request({ ...where, path, method, agent: false, signal: AbortSignal.timeout(10_000) });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return { status: response.statusCode, contentType: response.headers['content-type'], text };
}

function urlParts(address: string): { readonly host: string; readonly port: string } {
  const { hostname, port } = new URL(address);
  return { host: hostname.replaceAll(/[[\]]/g, ''), port };
}

/** A bare connection that forgives being cut off. */
export function dial(address: string): Socket {
  const { host, port } = urlParts(address);
  return connect({ host, port: Number(port) }).on('error', () => {});
}
