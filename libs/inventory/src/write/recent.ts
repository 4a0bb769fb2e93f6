import { type EpochMs, PersistentMap } from '@tillroll/kernel';

/**
 * What was lately learned about some keys. An entry is kept at least until its own time (or until `capacity` newer ones
 * came), and dropped some time later, a whole generation at once: remembering costs O(log n), forgetting nothing.
 */
export interface Recent<V> {
  readonly current: Generation<V>;
  readonly previous: Generation<V>;
}

interface Generation<V> {
  readonly entries: PersistentMap<V>;
  /** The latest time until which one of the entries is wanted. */
  readonly until: EpochMs;
}

const NONE: Generation<never> = { entries: PersistentMap.empty<never>(), until: 0 };

export const nothingRecent = <V>(): Recent<V> => ({ current: NONE, previous: NONE });

export const recall = <V>(recent: Recent<V>, key: string): V | undefined => recent.current.entries.get(key) ?? recent.previous.entries.get(key);

export function remember<V>(
  recent: Recent<V>,
  key: string,
  value: V,
  { now, until, capacity = Infinity }: { readonly now: EpochMs; readonly until: EpochMs; readonly capacity?: number },
): Recent<V> {
  const { current, previous } = now > recent.previous.until || recent.current.entries.size >= capacity ? { current: NONE, previous: recent.current } : recent;
  return { current: { entries: current.entries.set(key, value), until: Math.max(current.until, until) }, previous };
}

export interface RecentJson<V> {
  readonly generations: readonly { readonly entries: readonly (readonly [string, V])[]; readonly until: EpochMs }[];
}

export const encodeRecent = <V>({ current, previous }: Recent<V>): RecentJson<V> => ({
  generations: [current, previous].map(({ entries, until }) => ({ entries: [...entries], until })),
});

export function decodeRecent<V>({ generations }: RecentJson<V>): Recent<V> {
  const [current = NONE, previous = NONE] = generations.map(({ entries, until }) => ({ entries: PersistentMap.from(entries), until }));
  return { current, previous };
}
