import { isIP } from 'node:net';
import { isRecord } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import type { ServiceEntry } from './entry.ts';

/** What is to be known of a Service. */
export interface Service {
  /** `headless`: its name leads to its Pods. `external-name`: to another name. */
  readonly kind: 'cluster-ip' | 'headless' | 'external-name';
  /** One or, with IPv4 and IPv6, two. Empty unless the kind is `cluster-ip`. */
  readonly clusterIps: readonly string[];
  /** Those of TCP, in its order. */
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  /** Empty where it is the only one. */
  readonly name: string;
  readonly port: number;
}

/**
 * Parses a Service as the API server gives it in JSON, see ServiceSpec of Kubernetes 1.34 (k8s.io/api/core/v1):
 *
 *     {"kind":"Service","metadata":{"name":"kubernetes","namespace":"default"},"spec":{"type":"ClusterIP",
 *      "clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"],"ports":[{"name":"https","protocol":"TCP","port":443,"targetPort":6443}]}}
 *
 * Throws ParseError where it is none, or not the one that was asked for.
 */
export function parseService(body: string, { namespace, name }: ServiceEntry): Service {
  const where = `Service ${namespace}/${name}`;
  const content = parseObject(body, where);
  const { kind, metadata, spec } = content;
  if (kind !== 'Service' || !isRecord(metadata) || metadata['name'] !== name || metadata['namespace'] !== namespace || !isRecord(spec)) {
    throw new ParseError(where, 'the Service that was asked for', body);
  }
  if (spec['type'] === 'ExternalName') return { kind: 'external-name', clusterIps: [], ports: [] };
  const ports = listOf(spec['ports'], `${where}: ports`).flatMap((port) => portOf(port, `${where}: ports`));
  // Two since Kubernetes 1.20, which fills in the list everywhere.
  const texts = listOf(spec['clusterIPs'] ?? [spec['clusterIP']], `${where}: clusterIPs`);
  if (texts.length === 1 && texts[0] === 'None') return { kind: 'headless', clusterIps: [], ports };
  const clusterIps = texts.map((text) => {
    if (typeof text !== 'string' || isIP(text) === 0) throw new ParseError(`${where}: clusterIPs`, 'IP addresses', JSON.stringify(text) ?? '');
    return text;
  });
  if (clusterIps.length === 0 || clusterIps.length > 2) throw new ParseError(`${where}: clusterIPs`, 'one or two addresses', clusterIps.join());
  return { kind: 'cluster-ip', clusterIps, ports };
}

/** Empty for other protocols than TCP. Throws ParseError. */
export function portOf(value: unknown, where: string): readonly ServicePort[] {
  const { name = '', port, protocol = 'TCP' } = isRecord(value) ? value : {};
  const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
  if (typeof name !== 'string' || !isPort || typeof protocol !== 'string') throw new ParseError(where, 'a port', JSON.stringify(value) ?? '');
  return protocol === 'TCP' ? [{ name, port }] : [];
}

/** A list of JSON, where null stands for an empty one as Go writes it. Throws ParseError. */
export function listOf(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ParseError(where, 'a list', JSON.stringify(value));
  return value;
}

/** Throws ParseError. */
export function parseObject(body: string, where: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (cause) {
    throw new ParseError(where, 'JSON', body, { cause });
  }
  if (!isRecord(content)) throw new ParseError(where, 'a JSON object', body);
  return content;
}
