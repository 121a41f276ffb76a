import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isRecord } from '../../plugins/core/decode.ts';

/** Debian's; other systems call it otherwise. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];

const PROGRAM = PROGRAMS.find((program) => spawnSync(program, ['--version'], { timeout: 15_000 }).status === 0);

/** Why no browser can be started here, or undefined. */
export const whyNoBrowser: string | undefined = PROGRAM === undefined ? `needs ${PROGRAMS[0]}` : undefined;

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--remote-debugging-pipe',
];

const ANSWERS_WITHIN_MS = 15_000;

export interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  /** Screen unless told. */
  readonly isPaper?: boolean;
}

/** One page of a real browser. */
export interface Page {
  /** Addresses that were asked for since the page was opened, its own among them. */
  readonly requests: readonly string[];
  /** What the browser complains of: violations of the policy, errors. */
  readonly complaints: readonly string[];
  readonly look: (view: View) => Promise<void>;
  /** The value of an expression, which must be JSON. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Of the whole page, as PNG. */
  readonly picture: () => Promise<Buffer>;
  /** On paper of size A4. */
  readonly pdf: () => Promise<Buffer>;
}

export interface Browser extends AsyncDisposable {
  readonly open: (address: string, view: View) => Promise<Page>;
}

type Listener = (message: Readonly<Record<string, unknown>>) => void;

/** By the browser's own protocol over two pipes, a JSON text each ended by a zero byte: chromedevtools.github.io/devtools-protocol. Throws where there is none. */
export async function startBrowser(): Promise<Browser> {
  if (PROGRAM === undefined) throw new Error(whyNoBrowser);
  const profile = mkdtempSync(join(tmpdir(), 'npd-browser-'));
  const child = spawn(PROGRAM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: profile } });
  const listeners = new Set<Listener>();
  follow(child.stdio[4] as Readable, listeners);
  const call = caller(child.stdio[3] as Writable, listeners);
  return {
    async open(address, view) {
      const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
      return await openPage(address, view, { call: (method, params) => call(method, params, String(sessionId)), sessionId: String(sessionId), listeners });
    },
    async [Symbol.asyncDispose]() {
      await end(child);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

function follow(from: Readable, listeners: ReadonlySet<Listener>): void {
  let rest = '';
  from.setEncoding('utf8').on('data', (piece: string) => {
    const messages = (rest + piece).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) for (const listener of listeners) listener(JSON.parse(message) as Readonly<Record<string, unknown>>);
  });
}

type Result = Readonly<Record<string, unknown>>;
type Call = (method: string, params?: object, sessionId?: string) => Promise<Result>;

function caller(to: Writable, listeners: Set<Listener>): Call {
  let lastId = 0;
  return async (method, params = {}, sessionId) => {
    const id = ++lastId;
    const answer = Promise.withResolvers<Result>();
    const listener: Listener = (message) => {
      if (message['id'] !== id) return;
      if (message['error'] !== undefined) answer.reject(new Error(`${method}: ${JSON.stringify(message['error'])}`));
      else answer.resolve(message['result'] as Result);
    };
    listeners.add(listener);
    const timer = setTimeout(() => answer.reject(new Error(`${method}: no answer`)), ANSWERS_WITHIN_MS);
    to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      listeners.delete(listener);
    }
  };
}

interface Session {
  readonly call: (method: string, params?: object) => Promise<Result>;
  readonly sessionId: string;
  readonly listeners: Set<Listener>;
}

async function openPage(address: string, view: View, { call, sessionId, listeners }: Session): Promise<Page> {
  const requests: string[] = [];
  const complaints: string[] = [];
  const loaded = Promise.withResolvers<void>();
  listeners.add((message) => {
    if (message['sessionId'] !== sessionId) return;
    const params = isRecord(message['params']) ? message['params'] : {};
    if (message['method'] === 'Network.requestWillBeSent' && isRecord(params['request'])) requests.push(String(params['request']['url']));
    if (message['method'] === 'Log.entryAdded' && isRecord(params['entry'])) complaints.push(String(params['entry']['text']));
    if (message['method'] === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params));
    if (message['method'] === 'Page.loadEventFired') loaded.resolve();
  });
  const look = async ({ width, scheme, isPaper = false }: View): Promise<void> => {
    await call('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 });
    await call('Emulation.setEmulatedMedia', { media: isPaper ? 'print' : 'screen', features: [{ name: 'prefers-color-scheme', value: scheme }] });
  };
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await call(`${domain}.enable`);
  await look(view);
  await call('Page.navigate', { url: address });
  await loaded.promise;
  return {
    requests, complaints, look,
    async evaluate(expression) {
      const { result, exceptionDetails } = await call('Runtime.evaluate', { expression: `JSON.stringify(${expression})`, awaitPromise: true });
      if (exceptionDetails !== undefined || !isRecord(result)) throw new Error(JSON.stringify(exceptionDetails));
      return JSON.parse(String(result['value'])) as unknown;
    },
    async picture() {
      const { cssContentSize } = await call('Page.getLayoutMetrics');
      const { width, height } = cssContentSize as { width: number; height: number };
      return bytesOf(await call('Page.captureScreenshot', { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } }));
    },
    pdf: async () => bytesOf(await call('Page.printToPDF', { paperWidth: 8.27, paperHeight: 11.69, preferCSSPageSize: true })),
  };
}

function bytesOf({ data }: Result): Buffer {
  return Buffer.from(String(data), 'base64');
}
