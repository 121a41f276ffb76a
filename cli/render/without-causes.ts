/** For JSON.stringify: the cause of an `unknown` is an Error, whose text its message already holds. */
export function withoutCauses(key: string, value: unknown): unknown {
  return key === 'cause' ? undefined : value;
}
