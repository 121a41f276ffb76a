/** The Go types that occur in the host's configuration structs. Integers are int64, durations too (nanoseconds). */
export type Shape =
  | { readonly kind: 'string' | 'boolean' | 'integer' | 'duration' | 'float' | 'string map' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: Fields };

export interface Fields {
  readonly [key: string]: Shape;
}

/** The value that a shape is read into. */
export type Decoded<S> = S extends { readonly kind: 'object'; readonly fields: infer F }
  ? { -readonly [K in keyof F]: Decoded<F[K]> }
  : S extends { readonly kind: 'list'; readonly of: infer E }
    ? Decoded<E>[]
    : S extends { readonly kind: keyof Scalars }
      ? Scalars[S['kind']]
      : never;

interface Scalars {
  readonly string: string;
  readonly boolean: boolean;
  readonly integer: bigint;
  readonly duration: bigint;
  readonly float: number;
  readonly 'string map': Readonly<Record<string, string>>;
}

const ZEROS = { 'string': '', 'boolean': false, 'integer': 0n, 'duration': 0n, 'float': 0, 'string map': {} } as const;

/** What Go has in a struct field that no key set. */
export function zeroOf(shape: Shape): unknown {
  if (shape.kind === 'list') return [];
  if (shape.kind !== 'object') return ZEROS[shape.kind];
  return Object.fromEntries(Object.entries(shape.fields).map(([key, field]) => [key, zeroOf(field)]));
}
