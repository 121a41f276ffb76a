/** A map that forgets what was used longest ago, as the caches of client-go's event correlator do; never changed in place. */
export type RecentMap<V> = ReadonlyMap<string, V>;

/** `maxLruCacheEntries` of client-go. */
const CAPACITY = 4_096;

/** Sets a key and makes it the most recent one. */
export function withRecent<V>(map: RecentMap<V>, key: string, value: V): RecentMap<V> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  const [oldest] = next.keys();
  if (next.size > CAPACITY && oldest !== undefined) next.delete(oldest);
  return next;
}
