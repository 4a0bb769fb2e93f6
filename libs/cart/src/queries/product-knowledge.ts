import type { EpochMs } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';
import type { KnownProducts, ProductFacts } from '../write/product-facts';
import { catalogue, type CatalogueEntry } from '../read/catalogue';
import { type NoPurchase, type Purchase, purchases, purchasesKey } from '../read/purchases';

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 100;

/** What the cart's own view of the inventory says about products, and about what a customer bought of them. */
export class ProductKnowledge {
  constructor(private readonly readModels: ReadModels) {}

  /** Products that are not known are left out. */
  async of(customerId: string, productIds: Iterable<string>, at: EpochMs): Promise<KnownProducts> {
    const known = new Map<string, ProductFacts>();
    for (const productId of productIds) {
      const facts = await this.factsOf(customerId, productId, at);
      if (facts !== undefined) known.set(productId, facts);
    }
    return known;
  }

  /** Whether how much of it may be bought depends on what the customer bought before. */
  async isLimited(productId: string): Promise<boolean> {
    const entry = await this.readModels.get<CatalogueEntry>(catalogue.name, productId);
    return entry?.product?.purchaseLimit !== undefined;
  }

  private async factsOf(customerId: string, productId: string, at: EpochMs): Promise<ProductFacts | undefined> {
    const entry = await this.readModels.get<CatalogueEntry>(catalogue.name, productId);
    if (entry?.product === undefined) return undefined;
    const { available, product } = entry;
    const { name, price, onSale, purchaseLimit } = product;
    const facts = { productId, name, price, onSale, available };
    if (purchaseLimit === undefined) return facts;
    const { quantity, days } = purchaseLimit;
    const alreadyBought = await this.boughtSince(customerId, productId, days === undefined ? -Infinity : at - days * DAY_MS);
    return { ...facts, limit: { quantity, alreadyBought } };
  }

  private async boughtSince(customerId: string, productId: string, since: EpochMs): Promise<number> {
    const of = purchasesKey(customerId, productId);
    let bought = 0;
    let after: { readonly value: EpochMs; readonly id: string } | undefined;
    for (;;) {
      const page = await this.readModels.find<Purchase>(purchases.name, {
        where: { of },
        orderBy: 'placedAt',
        direction: 'descending',
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const { id, document } of page) {
        if (document.placedAt <= since) return bought;
        if ((await this.readModels.get<NoPurchase>(purchases.name, document.orderId)) === undefined) bought += document.quantity;
        after = { value: document.placedAt, id };
      }
      if (page.length < PAGE) return bought;
    }
  }
}
