/** The head of a reply to a GET: what is to be known of it. */
export interface Head {
  readonly status: number;
  /** How its body ends. */
  readonly body: 'chunked' | 'until-close' | { readonly bytes: number };
  /** The other side does not mean to close the connection. */
  readonly isKept: boolean;
}

/** RFC 9112, 4: `HTTP/1.1 200 OK`; servers leave the reason out, some with its space. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
/** RFC 9110, 5.5 and 5.6.2: a token, a colon at once, and no control characters; what begins with a space is a folded line, which nobody may send. */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/;

/** @param lines without their ends, read as Latin-1. Undefined where it is no head of HTTP/1.1 to which there is one reading only. */
export function parseHead([first = '', ...rest]: readonly string[]): Head | undefined {
  const [, minor, code] = STATUS_LINE.exec(first) ?? [];
  const fields = fieldsOf(rest);
  if (code === undefined || fields === undefined) return undefined;
  const status = Number(code);
  const body = bodyOf(status, fields);
  if (body === undefined) return undefined;
  const isClosed = listOf(fields, 'connection').includes('close');
  return { status, body, isKept: minor === '1' && !isClosed && body !== 'until-close' };
}

/** RFC 9112, 7.1: hexadecimal digits, and extensions that nobody uses. Undefined where it is none. */
export function parseChunkBytes(line: string): number | undefined {
  const [, digits] = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

type Fields = ReadonlyMap<string, readonly string[]>;

function fieldsOf(lines: readonly string[]): Fields | undefined {
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    if (name === '') return undefined;
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value]);
  }
  return fields;
}

/** The elements of a list field (RFC 9110, 5.6.1), in lower case. */
function listOf(fields: Fields, name: string): readonly string[] {
  return (fields.get(name) ?? []).flatMap((value) => value.split(',')).map((element) => element.trim().toLowerCase()).filter((element) => element !== '');
}

/** RFC 9112, 6.3. A length told twice, or in two ways, is how requests are smuggled: not read. */
function bodyOf(status: number, fields: Fields): Head['body'] | undefined {
  const codings = listOf(fields, 'transfer-encoding');
  const lengths = fields.get('content-length') ?? [];
  if (status < 200 || status === 204 || status === 304) return { bytes: 0 };
  if (codings.length > 0) return codings.length === 1 && codings[0] === 'chunked' && lengths.length === 0 ? 'chunked' : undefined;
  if (lengths.length === 0) return 'until-close';
  return lengths.length === 1 && /^\d{1,15}$/.test(lengths[0] ?? '') ? { bytes: Number(lengths[0]) } : undefined;
}
