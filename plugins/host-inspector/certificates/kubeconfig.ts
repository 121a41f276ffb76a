import { isRecord } from '../../core/decode.ts';

/** The client certificates that a kubeconfig file holds or names. */
export interface ClientCertificates {
  /** PEM texts. */
  readonly embedded: readonly string[];
  /** Paths, as they stand in the file: relative ones begin at its folder. */
  readonly files: readonly string[];
}

type Key = 'client-certificate' | 'client-certificate-data';

/** `client-certificate-data: LS0t...` on a line of its own, perhaps the first of a list's entry. The value is taken apart below. */
const LINE = /^[ \t]*(?:-[ \t]+)*(?:(["'])(client-certificate(?:-data)?)\1|(client-certificate(?:-data)?))[ \t]*:(?:[ \t]+(.*))?$/;
/** A line that gives one in whatever form. */
const MENTION = /client-certificate(?:-data)?["']?[ \t]*:/;
/** A value in quotes without escapes, or a plain one; then at most a comment. */
const VALUE = /^(?:"([^"\\]*)"|'([^']*)'|([^\s"'#&*!|>{}[\]%@`,:?-](?:[ \t]*[^#:\s])*|))[ \t]*(?:(?:^|[ \t])#.*)?$/;

/**
 * Finds the client certificates of a kubeconfig file, in JSON, or in YAML with each value on the line of its key, as every
 * program writes it:
 *
 *     users:
 *     - name: default-auth
 *       user:
 *         client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
 *         client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
 *
 * No more of the file is read. Throws where one is given in another form; what stands in the file, perhaps a private key,
 * is not quoted.
 */
export function parseClientCertificates(text: string, where: string): ClientCertificates {
  const found = text.trimStart().startsWith('{') ? fromJson(text, where) : fromLines(text, where);
  const of = (wanted: Key): readonly string[] => found.flatMap(([key, value]) => (key === wanted && value !== '' ? [value] : []));
  return { embedded: of('client-certificate-data').map((value) => decoded(value, where)), files: of('client-certificate').map(unshared) };
}

function fromJson(text: string, where: string): readonly (readonly [Key, string])[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error(`${where}: begins as JSON and is none`);
  }
  const users = isRecord(content) ? content['users'] : undefined;
  if (users === undefined || users === null) return [];
  if (!Array.isArray(users)) throw new Error(`${where}: users is no list`);
  return users.flatMap((entry: unknown) => {
    const user = isRecord(entry) ? entry['user'] : undefined;
    return isRecord(user) ? (['client-certificate', 'client-certificate-data'] as const).flatMap((key) => valueIn(user, key, where)) : [];
  });
}

function valueIn(user: Readonly<Record<string, unknown>>, key: Key, where: string): readonly (readonly [Key, string])[] {
  const value = user[key];
  if (value === undefined || value === null) return [];
  if (typeof value !== 'string') throw new Error(`${where}: ${key} is no text`);
  return [[key, value]];
}

function fromLines(text: string, where: string): readonly (readonly [Key, string])[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, index): readonly (readonly [Key, string])[] => {
    if (!MENTION.test(line) || /^\s*#/.test(line)) return [];
    const [, , quoted, plain, value = ''] = LINE.exec(line) ?? [];
    const key = (quoted ?? plain) as Key | undefined;
    const [, double, single, bare] = VALUE.exec(value) ?? [];
    const read = double ?? single ?? bare;
    const isContinued = indentOf(lines[index + 1] ?? '') > line.search(/[^ \t-]/);
    if (key === undefined || read === undefined || isContinued) throw new Error(`${where}: line ${index + 1} gives a client certificate in a form that is not understood`);
    return [[key, bare === 'null' || bare === '~' ? '' : read]];
  });
}

/** -1 of an empty line and of a comment. */
function indentOf(line: string): number {
  const indent = line.search(/\S/);
  return line[indent] === '#' ? -1 : indent;
}

function decoded(base64: string, where: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) throw new Error(`${where}: client-certificate-data is not base64`);
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** A copy: V8 makes a part of a text a view on the whole, which may hold a private key and would live as long. */
function unshared(part: string): string {
  return Buffer.from(part).toString();
}
