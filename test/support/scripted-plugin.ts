/**
 * A monitor whose replies are written down beforehand, as a program of its own so that it can be killed:
 *
 *     node test/support/scripted-plugin.ts SOCKET SCRIPT.json
 *
 * SCRIPT.json is a `PluginScript`. Every call is one line of JSON on standard output (`PluginLine`).
 */
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import {
  loadPackageDefinition, Server, ServerCredentials, status as grpcStatus,
  type sendUnaryData, type ServerUnaryCall, type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A reply as it stands on the wire: what is left out is not sent. */
export interface ScriptedReply {
  readonly source: string;
  readonly events?: readonly ScriptedEvent[];
  readonly conditions?: readonly ScriptedCondition[];
}

export interface ScriptedEvent {
  readonly severity?: string;
  readonly timestampMs?: number;
  readonly reason: string;
  readonly message: string;
}

export interface ScriptedCondition {
  readonly type: string;
  readonly status?: string;
  readonly transitionMs?: number;
  readonly reason: string;
  readonly message: string;
}

/** What the plugin does with one or (`times`) several polls in a row. */
export interface Step {
  readonly reply?: ScriptedReply;
  /** Name of a gRPC status code, e.g. `INTERNAL`, to answer with instead. */
  readonly error?: string;
  /** Waits so long before it answers. */
  readonly delayMs?: number;
  readonly times?: number;
}

export interface PluginScript {
  /** The last step is repeated for ever. */
  readonly steps: readonly Step[];
  /** Delay of each answer for which the step names none. */
  readonly delayMs?: number;
  /** Delay of the answer to Stop. */
  readonly stopDelayMs?: number;
}

/** One line of the plugin's log. `step` is an index into the script. */
export type PluginLine =
  | { readonly atMs: number; readonly what: 'listening' }
  | { readonly atMs: number; readonly what: 'asked'; readonly rpc: string; readonly sequence?: number; readonly parameters?: Readonly<Record<string, string>> }
  | { readonly atMs: number; readonly what: 'answered'; readonly step: number; readonly isCancelled: boolean };

const PROTO_ROOT = new URL('../../proto/', import.meta.url).pathname;

type Distribute<T> = T extends unknown ? Omit<T, 'atMs'> : never;

function say(line: Distribute<PluginLine>): void {
  process.stdout.write(`${JSON.stringify({ atMs: Date.now(), ...line })}\n`);
}

function timestamp(ms: number | undefined): { readonly seconds: number; readonly nanos: number } | undefined {
  if (ms === undefined) return undefined;
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1e6) };
}

function toWire({ source, events = [], conditions = [] }: ScriptedReply): unknown {
  return {
    source,
    events: events.map(({ timestampMs, ...event }) => ({ ...event, timestamp: timestamp(timestampMs) })),
    conditions: conditions.map(({ transitionMs, ...condition }) => ({ ...condition, transition: timestamp(transitionMs) })),
  };
}

interface Asked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly sequence: string;
}

function serve(script: PluginScript): Server {
  const order = script.steps.flatMap(({ times = 1 }, index) => Array.from({ length: times }, () => index));
  let polls = 0;
  const answer = async (call: ServerUnaryCall<Asked, unknown>, reply: sendUnaryData<unknown>): Promise<void> => {
    const { sequence, parameters } = call.request;
    say({ what: 'asked', rpc: 'CheckHealth', sequence: Number(sequence), parameters });
    const index = order[Math.min(polls, order.length - 1)] ?? 0;
    const step = script.steps[index] ?? {};
    polls += 1;
    const delayMs = step.delayMs ?? script.delayMs ?? 0;
    if (delayMs > 0) await delay(delayMs);
    say({ what: 'answered', step: index, isCancelled: call.cancelled });
    if (step.error === undefined) reply(null, toWire(step.reply ?? { source: 'scripted' }));
    else reply({ code: grpcStatus[step.error as keyof typeof grpcStatus], details: `scripted ${step.error}` });
  };
  const server = new Server();
  server.addService(contract().service, {
    CheckHealth(call: ServerUnaryCall<Asked, unknown>, reply: sendUnaryData<unknown>) {
      answer(call, reply).catch((thrown: unknown) => reply({ code: grpcStatus.UNKNOWN, details: String(thrown) }));
    },
    GetMetadata(_call: unknown, reply: sendUnaryData<unknown>) {
      say({ what: 'asked', rpc: 'GetMetadata' });
      reply(null, { name: 'scripted', version: '0', description: 'replies written down beforehand', apiVersion: 'v1' });
    },
    Stop(_call: unknown, reply: sendUnaryData<unknown>) {
      say({ what: 'asked', rpc: 'Stop' });
      setTimeout(() => reply(null, {}), script.stopDelayMs ?? 0);
    },
  });
  return server;
}

function contract(): ServiceClientConstructor {
  const definition = loadSync('npd/external/v1/external_monitor.proto', { includeDirs: [PROTO_ROOT], enums: String, longs: String });
  let found: unknown = loadPackageDefinition(definition);
  for (const name of ['npd', 'external', 'v1', 'ExternalMonitor']) found = (found as Record<string, unknown>)[name];
  return found as ServiceClientConstructor;
}

async function main(socketPath: string, scriptPath: string): Promise<void> {
  const server = serve(JSON.parse(readFileSync(scriptPath, 'utf8')) as PluginScript);
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${socketPath}`, ServerCredentials.createInsecure(), (thrown) => (thrown ? reject(thrown) : resolve()));
  });
  say({ what: 'listening' });
  process.once('SIGTERM', () => server.forceShutdown());
}

if (import.meta.main) {
  const [socketPath, scriptPath] = process.argv.slice(2);
  if (socketPath === undefined || scriptPath === undefined) throw new Error('usage: scripted-plugin.ts SOCKET SCRIPT.json');
  await main(socketPath, scriptPath);
}
