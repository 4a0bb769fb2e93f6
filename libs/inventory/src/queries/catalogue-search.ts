import type { ReadModels } from '@tillroll/read-models';
import { PRODUCTS, type ProductDocument } from '../read/products-projection';
import { folded, type Place, SearchIndex, wordsOf } from '../read/search-index';

const PAGE = 1000;

/**
 * Looks for words anywhere in the names and ids of products. Keeps a small entry of each product in memory, and before
 * each search fetches what changed in the read model since the last one: answers are never older than the read model.
 */
export class CatalogueSearch {
  private readonly index = new SearchIndex();
  private reached: { readonly value: number; readonly id: string } | undefined;
  private caughtUp: Promise<void> = Promise.resolve();

  constructor(private readonly readModels: ReadModels) {}

  /** Ids, newest product first. */
  async find(query: string, options: { readonly onSaleOnly: boolean; readonly after?: Place; readonly limit: number }): Promise<readonly string[]> {
    // After a failure the next search tries again; this one has to say so.
    this.caughtUp = this.caughtUp.catch(() => undefined).then(() => this.catchUp());
    await this.caughtUp;
    return this.index.find(wordsOf(query), options);
  }

  private async catchUp(): Promise<void> {
    for (;;) {
      const page = await this.readModels.find<ProductDocument>(PRODUCTS, {
        where: { known: true },
        orderBy: 'changedAt',
        direction: 'ascending',
        ...(this.reached === undefined ? {} : { after: this.reached }),
        limit: PAGE,
      });
      for (const { id, document } of page) {
        const { productId, createdAt, onSale, details, changedAt } = document;
        this.index.put({ productId, createdAt, onSale, text: folded(`${details?.name ?? ''} ${productId}`) });
        this.reached = { value: changedAt, id };
      }
      if (page.length < PAGE) return;
    }
  }
}

/** Injection token of the {@link CatalogueSearch}. */
export const CATALOGUE_SEARCH = Symbol('CatalogueSearch');
