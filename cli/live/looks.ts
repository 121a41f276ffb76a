import { request } from 'node:http';
import { isRecord } from '../../plugins/core/decode.ts';
import { ParseError, codeOf, messageOf } from '../../plugins/core/errors.ts';
import type { Verdict } from '../../plugins/core/verdict.ts';

/** What `/looks` of the plugin's HTTP port tells, as far as it is shown. */
export type Looks =
  | { readonly kind: 'known'; readonly checks: readonly CheckLook[] }
  | { readonly kind: 'unknown'; readonly message: string };

export interface CheckLook {
  readonly monitor: string;
  readonly name: string;
  readonly periodMs: number;
  /** Wall clock; undefined before the first look has ended. */
  readonly lookedAtMs: number | undefined;
  readonly tookMs: number | undefined;
  readonly verdicts: readonly LookVerdict[];
}

/** A verdict with the one word that says most of it: the reason of a problem, what could not be told, what is missing. */
export interface LookVerdict {
  readonly kind: Verdict['kind'];
  readonly detail: string;
}

const KINDS: ReadonlySet<unknown> = new Set<Verdict['kind']>(['healthy', 'problem', 'unknown', 'not-applicable']);

/** A node with very many mounts answers with some 100 KiB. */
const MOST_BYTES = 4 * 2 ** 20;

/** Asks the plugin's HTTP port on a Unix socket. Never rejects: without an answer within `timeoutMs` the message says why. */
export async function fetchLooks(socketPath: string, timeoutMs: number): Promise<Looks> {
  try {
    return { kind: 'known', checks: parseLooks(await getText(socketPath, '/looks', timeoutMs)) };
  } catch (error) {
    return { kind: 'unknown', message: explain(error, timeoutMs) };
  }
}

function explain(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ECONNREFUSED' ? 'nobody listens on the socket of its HTTP port' : messageOf(error);
}

async function getText(socketPath: string, path: string, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = Promise.withResolvers<string>();
  const fail = (error: unknown): void => answer.reject(signal.aborted ? signal.reason : error);
  const sent = request({ socketPath, path, agent: false, signal }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('error', fail).on('end', () => {
      if (response.statusCode === 200) answer.resolve(body);
      else answer.reject(new Error(`GET ${path} was answered with status ${response.statusCode}`));
    }).on('data', (text: string) => {
      body += text;
      if (body.length > MOST_BYTES) response.destroy(new Error(`the answer to GET ${path} is longer than ${MOST_BYTES} bytes`));
    });
  });
  sent.on('error', fail).end();
  return await answer.promise;
}

/** The text of `/looks` (LooksDocument). Throws ParseError for any other form. */
export function parseLooks(text: string): readonly CheckLook[] {
  const document = parseJson(text);
  return listOf(document, 'monitors', '/looks').flatMap((monitor) => {
    const name = textOf(monitor, 'monitor', '/looks');
    return listOf(monitor, 'checks', name).map((check) => checkLook(name, check));
  });
}

function checkLook(monitor: string, check: unknown): CheckLook {
  const name = textOf(check, 'name', monitor);
  const where = `${monitor} ${name}`;
  return {
    monitor,
    name,
    periodMs: numberOf(check, 'periodMs', where) ?? refuse(`${where}.periodMs`, 'a number', null),
    lookedAtMs: numberOf(check, 'lookedAtMs', where),
    tookMs: numberOf(check, 'tookMs', where),
    verdicts: listOf(check, 'verdicts', where).map((verdict) => lookVerdict(verdict, where)),
  };
}

function lookVerdict(verdict: unknown, where: string): LookVerdict {
  const kind = field(verdict, 'kind', where);
  if (!isKind(kind)) return refuse(`${where}.kind`, 'the kind of a verdict', kind);
  if (kind === 'healthy') return { kind, detail: '' };
  return { kind, detail: kind === 'problem' ? `${textOf(verdict, 'reason', where)} (${textOf(verdict, 'subject', where)})` : textOf(verdict, 'message', where) };
}

function isKind(value: unknown): value is Verdict['kind'] {
  return KINDS.has(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParseError('/looks', 'JSON', text, { cause });
  }
}

function field(value: unknown, key: string, where: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : refuse(where, `an object with ${key}`, value);
}

function listOf(value: unknown, key: string, where: string): readonly unknown[] {
  const list = field(value, key, where);
  return Array.isArray(list) ? list : refuse(`${where}.${key}`, 'a list', list);
}

function textOf(value: unknown, key: string, where: string): string {
  const text = field(value, key, where);
  return typeof text === 'string' ? text : refuse(`${where}.${key}`, 'a text', text);
}

/** A number, or undefined for null. */
function numberOf(value: unknown, key: string, where: string): number | undefined {
  const number = field(value, key, where);
  if (number === null) return undefined;
  return typeof number === 'number' ? number : refuse(`${where}.${key}`, 'a number or null', number);
}

function refuse(where: string, expected: string, got: unknown): never {
  throw new ParseError(where, expected, typeof got === 'string' ? got : (JSON.stringify(got) ?? ''));
}
