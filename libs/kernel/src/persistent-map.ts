/**
 * An immutable map with string keys: `set` and `delete` cost O(log n) and share structure with the map before,
 * so that a state with many entries can be evolved event by event without copying it.
 * A hash array mapped trie (Bagwell, "Ideal Hash Trees", 2001).
 */
export class PersistentMap<V> implements Iterable<readonly [string, V]> {
  private constructor(
    private readonly root: Node<V> | undefined,
    readonly size: number,
  ) {}

  static empty<V>(): PersistentMap<V> {
    return EMPTY as PersistentMap<V>;
  }

  static from<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    let map = PersistentMap.empty<V>();
    for (const [key, value] of entries) map = map.set(key, value);
    return map;
  }

  /** @internal */
  static readonly EMPTY_INSTANCE: PersistentMap<unknown> = new PersistentMap<unknown>(undefined, 0);

  get(key: string): V | undefined {
    const hash = hashOf(key);
    let node = this.root;
    for (let shift = 0; node !== undefined; shift += BITS) {
      if ('entries' in node) {
        for (const [k, v] of node.entries) if (k === key) return v;
        return undefined;
      }
      const bit = bitAt(hash, shift);
      if ((node.bitmap & bit) === 0) return undefined;
      node = node.children[indexOf(node.bitmap, bit)];
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: V): PersistentMap<V> {
    const change = { delta: 0 };
    const root = insert(this.root, hashOf(key), 0, key, value, change);
    return new PersistentMap(root, this.size + change.delta);
  }

  delete(key: string): PersistentMap<V> {
    if (!this.has(key)) return this;
    return this.size === 1 ? PersistentMap.empty() : new PersistentMap(remove(this.root, hashOf(key), 0, key), this.size - 1);
  }

  *[Symbol.iterator](): Iterator<readonly [string, V]> {
    if (this.root !== undefined) yield* walk(this.root);
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this) yield value;
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this) yield key;
  }

  toJSON(): readonly (readonly [string, V])[] {
    return [...this];
  }
}

const BITS = 5;

interface Branch<V> {
  readonly bitmap: number;
  readonly children: readonly Node<V>[];
}
/** One entry, or several whose 32-bit hashes are the same. */
interface Leaf<V> {
  readonly hash: number;
  readonly entries: readonly (readonly [string, V])[];
}
type Node<V> = Branch<V> | Leaf<V>;

const EMPTY = PersistentMap.EMPTY_INSTANCE;

/** FNV-1a, 32 bit. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash | 0;
}

const bitAt = (hash: number, shift: number): number => 1 << ((hash >>> shift) & 31);

function indexOf(bitmap: number, bit: number): number {
  let n = bitmap & (bit - 1);
  n -= (n >>> 1) & 0x55555555;
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function insert<V>(node: Node<V> | undefined, hash: number, shift: number, key: string, value: V, change: { delta: number }): Node<V> {
  if (node === undefined) {
    change.delta = 1;
    return { hash, entries: [[key, value]] };
  }
  if ('entries' in node) {
    if (node.hash === hash) {
      const others = node.entries.filter(([k]) => k !== key);
      change.delta = others.length === node.entries.length ? 1 : 0;
      return { hash, entries: [...others, [key, value]] };
    }
    const bit = bitAt(node.hash, shift);
    return insert<V>({ bitmap: bit, children: [node] }, hash, shift, key, value, change);
  }
  const bit = bitAt(hash, shift);
  const index = indexOf(node.bitmap, bit);
  const children = node.children.slice();
  if ((node.bitmap & bit) === 0) {
    children.splice(index, 0, insert(undefined, hash, shift + BITS, key, value, change));
    return { bitmap: node.bitmap | bit, children };
  }
  children[index] = insert(children[index], hash, shift + BITS, key, value, change);
  return { bitmap: node.bitmap, children };
}

function remove<V>(node: Node<V> | undefined, hash: number, shift: number, key: string): Node<V> | undefined {
  if (node === undefined) return undefined;
  if ('entries' in node) {
    const entries = node.entries.filter(([k]) => k !== key);
    return entries.length === 0 ? undefined : { hash: node.hash, entries };
  }
  const bit = bitAt(hash, shift);
  const index = indexOf(node.bitmap, bit);
  const child = remove(node.children[index], hash, shift + BITS, key);
  const children = node.children.slice();
  if (child !== undefined) {
    children[index] = child;
    return { bitmap: node.bitmap, children };
  }
  if (children.length === 1) return undefined;
  children.splice(index, 1);
  return { bitmap: node.bitmap ^ bit, children };
}

function* walk<V>(node: Node<V>): IterableIterator<readonly [string, V]> {
  if ('entries' in node) yield* node.entries;
  else for (const child of node.children) yield* walk(child);
}
