import { parseAllDocuments } from 'yaml';
import { isRecord } from '../../plugins/core/decode.ts';
import { ConfigError, messageOf } from '../../plugins/core/errors.ts';
import { CHART_KEYS, type KnownKey, knownKey } from './known-keys.ts';

/** One setting of kube-node-ready as it was given. */
export interface Found {
  readonly row: KnownKey;
  readonly value: unknown;
  /** Where, for messages: `values.yaml: controller.config.worker.dnsTestDomains`. */
  readonly path: string;
}

export interface Documents {
  readonly found: readonly Found[];
  /** Where something stands that kube-node-ready has not got, as far as known. */
  readonly unknown: readonly string[];
}

/** Prefixes below which Helm values hold a configuration: that of the controller, and the one of the DaemonSet before it. */
const IN_HELM = ['controller.config', 'config'];

const NOTHING: Documents = { found: [], unknown: [] };

/** In a ConfigMap: names of environment variables, or files. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;
const YAML_FILE = /\.ya?ml$/;

/**
 * The settings in YAML: kube-node-ready's worker or controller configuration, Helm values, or ConfigMaps of environment variables
 * or of those files; several documents together, too. Loads 3 MiB of YAML with it. Throws ConfigError naming the file where that is no YAML, or nothing of
 * kube-node-ready.
 *
 * @param where the file, for messages
 */
export function readDocuments(text: string, where: string): Documents {
  const parsed = parseAllDocuments(text, { uniqueKeys: true });
  const values = (Array.isArray(parsed) ? parsed : []).map((document): unknown => {
    const [error] = document.errors;
    if (error !== undefined) throw new ConfigError(where, `is not YAML: ${messageOf(error).split('\n')[0]}`);
    return valueOf(() => document.toJS({ maxAliasCount: 100 }), where);
  });
  const together = joinAll(values.map((value) => readDocument(value, where)));
  if (together.found.length > 0) return together;
  throw new ConfigError(where, "holds nothing of kube-node-ready; give its worker or controller configuration, its Helm values, or its ConfigMap");
}

function valueOf(convert: () => unknown, where: string): unknown {
  try {
    return convert();
  } catch (cause) {
    throw new ConfigError(where, `is not YAML: ${messageOf(cause)}`, { cause });
  }
}

function readDocument(value: unknown, where: string): Documents {
  if (value === null || value === undefined) return NOTHING;
  if (!isRecord(value)) throw new ConfigError(where, 'expected keys and values, e.g. dnsTestDomains: [kubernetes.default.svc.cluster.local]');
  if (value['kind'] === 'ConfigMap') return readConfigMap(value['data'], where);
  if (typeof value['kind'] === 'string') return { found: [], unknown: [`${where}: an object of kind ${value['kind']}`] };
  return readConfiguration(value, where);
}

function readConfigMap(data: unknown, where: string): Documents {
  if (!isRecord(data)) return NOTHING;
  return joinAll(Object.entries(data).map(([name, value]): Documents => {
    const path = `${where}: data.${name}`;
    if (YAML_FILE.test(name) && typeof value === 'string') return readDocuments(value, path);
    return VARIABLE.test(name) ? readEntry(name, value, path) : { found: [], unknown: [path] };
  }));
}

function readConfiguration(value: Readonly<Record<string, unknown>>, where: string): Documents {
  const inHelm = IN_HELM.flatMap((prefix) => {
    const inner = below(value, prefix);
    return isRecord(inner) ? [readKeys(inner, '', `${where}: ${prefix}.`)] : [];
  });
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'config' && !CHART_KEYS.has(key)));
  return joinAll([...inHelm, readKeys(rest, '', `${where}: `)]);
}

function below(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner: unknown, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function readKeys(value: Readonly<Record<string, unknown>>, prefix: string, where: string): Documents {
  return joinAll(Object.entries(value).map(([name, inner]) => {
    const key = `${prefix}${name}`;
    return isRecord(inner) ? readKeys(inner, `${key}.`, where) : readEntry(key, inner, `${where}${key}`);
  }));
}

function readEntry(key: string, value: unknown, path: string): Documents {
  const row = knownKey(key);
  if (row === undefined) return { found: [], unknown: [path] };
  // `key:` with nothing behind it is how a template writes what is not set.
  return value === null || value === '' ? NOTHING : { found: [{ row, value, path }], unknown: [] };
}

function joinAll(all: readonly Documents[]): Documents {
  return { found: all.flatMap(({ found }) => found), unknown: all.flatMap(({ unknown }) => unknown) };
}
