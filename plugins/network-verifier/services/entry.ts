/** One Service that is to be found and reached, as a setting names it. */
export interface ServiceEntry {
  /** As it stands there: `default/kubernetes`, `web/shop:8080`. For messages. */
  readonly text: string;
  readonly namespace: string;
  readonly name: string;
  /** A port of the Service; undefined for its first TCP port. */
  readonly port: number | undefined;
}

/** Names of namespaces and Services are labels as RFC 1123 has them, in lower case. */
const ENTRY = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?::([1-9][0-9]{0,4}))?$/;

/** Undefined where the text names no Service. Pure. */
export function parseServiceEntry(text: string): ServiceEntry | undefined {
  const [, namespace, name, digits] = ENTRY.exec(text) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  return port !== undefined && port > 65_535 ? undefined : { text, namespace, name, port };
}
