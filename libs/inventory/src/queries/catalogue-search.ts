import type { Clock, EpochMs } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import { PRODUCTS, type ProductDocument } from '../read/products-projection';
import { folded, type Place, SearchIndex, wordsOf } from '../read/search-index';

/** A place in the order in which products changed. */
interface Change {
  readonly value: number;
  readonly id: string;
}

const PAGE = 1000;
/**
 * Documents that change together need not appear together, nor in the order of the log. A place is passed for good when
 * it has been seen for so long, or when so many places are behind it; until then it is read again.
 */
const SETTLED_AFTER_MS = 10_000;
const MOST_UNSETTLED = 1000;

/**
 * Looks for words anywhere in the names and ids of products. Keeps a small entry of each product in memory, and before
 * each search fetches what changed in the read model since the last one: answers are never older than the read model.
 */
export class CatalogueSearch {
  private readonly index = new SearchIndex();
  private settled: Change | undefined;
  /** Places behind the settled one, in their order, and since when they are known. */
  private unsettled: readonly { readonly change: Change; readonly since: EpochMs }[] = [];
  private caughtUp: Promise<void> = Promise.resolve();

  constructor(
    private readonly readModels: ReadModels,
    private readonly clock: Clock,
  ) {}

  /** Ids, newest product first. */
  async find(query: string, options: { readonly onSaleOnly: boolean; readonly after?: Place; readonly limit: number }): Promise<readonly string[]> {
    // One that failed has told its caller; the next search tries again.
    this.caughtUp = this.caughtUp.catch(() => undefined).then(() => this.catchUp());
    await this.caughtUp;
    return this.index.find(wordsOf(query), options);
  }

  private async catchUp(): Promise<void> {
    const now = this.clock.now();
    const known = new Map(this.unsettled.map(({ change, since }) => [change.value, since]));
    const seen: { readonly change: Change; readonly since: EpochMs }[] = [];
    for (let after = this.settled; ; after = seen.at(-1)?.change) {
      const page = await this.changedProducts(after);
      for (const { id, document } of page) {
        const since = known.get(document.changedAt);
        if (since === undefined) this.put(document);
        seen.push({ change: { value: document.changedAt, id }, since: since ?? now });
      }
      if (page.length < PAGE) break;
    }
    const isSettled = ({ since }: { readonly since: EpochMs }, index: number) => now - since >= SETTLED_AFTER_MS || seen.length - index > MOST_UNSETTLED;
    const passed = seen.findLastIndex(isSettled);
    this.settled = seen[passed]?.change ?? this.settled;
    this.unsettled = seen.slice(passed + 1);
  }

  private changedProducts(after: Change | undefined) {
    return this.readModels.find<ProductDocument>(PRODUCTS, {
      where: { known: true },
      orderBy: 'changedAt',
      direction: 'ascending',
      ...(after === undefined ? {} : { after }),
      limit: PAGE,
    });
  }

  private put({ productId, createdAt, onSale, details }: ProductDocument): void {
    this.index.put({ productId, createdAt, onSale, text: folded(`${details?.name ?? ''} ${productId}`) });
  }
}

/** Injection token of the {@link CatalogueSearch}. */
export const CATALOGUE_SEARCH = Symbol('CatalogueSearch');
