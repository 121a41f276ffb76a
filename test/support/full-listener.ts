import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { eventually } from './eventually.ts';

/** A port of 127.0.0.1 from which nothing comes: no connection, and no refusal. */
export interface FullListener extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
}

/** Listens, tells its port, and never takes a connection: its thread stands still. */
const LISTEN_AND_STOP = `
  const { workerData, parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(workerData, 0, 0);
    process.exit();
  });
`;

/**
 * The kernel drops the SYN of whoever comes while as many wait to be taken as the backlog allows (listen(2)), so a packet is lost
 * on its way as far as a client can see, without a firewall and without root.
 */
export async function startFullListener(): Promise<FullListener> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(LISTEN_AND_STOP, { eval: true, workerData: gate });
  const [port] = (await once(worker, 'message')) as [number];
  const waiting: Socket[] = [];
  await eventually('its queue is full', async () => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {});
    waiting.push(socket);
    return await isUnanswered(socket);
  });
  return {
    address: '127.0.0.1',
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      await worker.terminate();
    },
  };
}

/** On loopback an answer takes no time at all. */
async function isUnanswered(socket: Socket): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), 200);
  socket.once('connect', () => resolve(false));
  return await promise.finally(() => clearTimeout(timer));
}
