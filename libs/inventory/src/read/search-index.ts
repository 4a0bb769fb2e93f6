/** What the search needs to know of a product. */
export interface SearchEntry {
  readonly productId: string;
  readonly createdAt: string;
  readonly onSale: boolean;
  /** Name and id, folded by {@link folded}. */
  readonly text: string;
}

/** Where a page begins: behind this product. */
export interface Place {
  readonly createdAt: string;
  readonly productId: string;
}

/** For comparing what people type: without case, accents and width. */
export const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .toLowerCase();

export const wordsOf = (query: string): readonly string[] => folded(query).split(/\s+/u).filter((word) => word !== '');

/** All products in the order of their creation, to be looked through from the newest. */
export class SearchIndex {
  private readonly entries: SearchEntry[] = [];

  /** Adds the product, or replaces what was known of it. */
  put(entry: SearchEntry): void {
    const at = this.placeOf(entry);
    this.entries.splice(at, this.entries[at]?.productId === entry.productId ? 1 : 0, entry);
  }

  /** The ids of the newest products, behind `after`, in whose text every word occurs. */
  find(words: readonly string[], { onSaleOnly, after, limit }: { readonly onSaleOnly: boolean; readonly after?: Place; readonly limit: number }): readonly string[] {
    const found: string[] = [];
    const end = after === undefined ? this.entries.length : this.placeOf(after);
    for (let index = end - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.entries[index];
      if (entry !== undefined && (entry.onSale || !onSaleOnly) && words.every((word) => entry.text.includes(word))) found.push(entry.productId);
    }
    return found;
  }

  /** The index of the first entry that is not before the place. */
  private placeOf(place: Place): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && isBefore(entry, place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const isBefore = (a: Place, b: Place): boolean => a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.productId < b.productId);
