import { LineCounter, parseDocument } from 'yaml';
import { isRecord } from '../core/decode.ts';
import { ConfigError, quote } from '../core/errors.ts';

/** One cluster or user of a kubeconfig file. */
export interface Section {
  /** For messages: `/root/.kube/config: users["admin"].user` */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Sections {
  readonly cluster: Section;
  /** Undefined where the context names none: the API server is asked without signing in. */
  readonly user: Section | undefined;
}

/**
 * Takes apart a kubeconfig file, in YAML or JSON, and finds what one context leads to:
 *
 *     current-context: here
 *     contexts:
 *     - name: here
 *       context: { cluster: c, user: u }
 *     clusters:
 *     - name: c
 *       cluster: { server: 'https://10.96.0.1:6443', certificate-authority-data: LS0t... }
 *     users:
 *     - name: u
 *       user: { token: eyJh... }
 *
 * Two entries of one name are refused, as client-go does. Throws ConfigError; nothing of the file but names is quoted.
 *
 * @param context in place of `current-context`
 */
export function parseKubeconfig(text: string, { file, context }: { readonly file: string; readonly context?: string }): Sections {
  const content = parseYaml(text, file);
  if (!isRecord(content)) throw new ConfigError(file, 'expected a kubeconfig file, with clusters, users and contexts');
  const name = context ?? (content['current-context'] || undefined);
  if (typeof name !== 'string') throw new ConfigError(`${file}: current-context`, 'is missing: name the context to use');
  const { values, path } = entryOf(content, 'context', name, file);
  const clusterName = nameIn(values, 'cluster', path);
  if (clusterName === undefined) throw new ConfigError(`${path}.cluster`, 'is missing');
  const userName = nameIn(values, 'user', path);
  return { cluster: entryOf(content, 'cluster', clusterName, file), user: userName === undefined ? undefined : entryOf(content, 'user', userName, file) };
}

function parseYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  // A pretty error quotes the line, which may be a key.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw new ConfigError(file, `line ${lineCounter.linePos(error.pos[0]).line} is not YAML (${error.code})`);
  try {
    return document.toJS();
  } catch {
    throw new ConfigError(file, 'an alias of its YAML leads nowhere, or there are too many');
  }
}

function entryOf(content: Readonly<Record<string, unknown>>, kind: 'context' | 'cluster' | 'user', name: string, file: string): Section {
  const key = `${kind}s`;
  const list = content[key] ?? [];
  if (!Array.isArray(list)) throw new ConfigError(`${file}: ${key}`, 'expected a list');
  const entries: readonly unknown[] = list;
  const [entry, second] = entries.filter(isRecord).filter((one) => one['name'] === name);
  if (entry === undefined) throw new ConfigError(`${file}: ${key}`, `there is none of the name ${quote(name)}`);
  if (second !== undefined) throw new ConfigError(`${file}: ${key}`, `there are two of the name ${quote(name)}`);
  const path = `${file}: ${key}[${quote(name)}].${kind}`;
  const values = entry[kind] ?? {};
  if (!isRecord(values)) throw new ConfigError(path, 'expected a map');
  return { path, values };
}

function nameIn(values: Readonly<Record<string, unknown>>, key: string, path: string): string | undefined {
  const name = values[key] ?? '';
  if (typeof name !== 'string') throw new ConfigError(`${path}.${key}`, 'expected a name');
  return name === '' ? undefined : name;
}
