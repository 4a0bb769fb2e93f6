import { cartIdOf } from '@tillroll/contracts';
import type { Aggregates } from '@tillroll/processing';
import type { ReadModels } from '@tillroll/read-models';
import { LRUCache } from 'lru-cache';
import { cartType } from '../aggregate-types';
import type { Cart } from '../write/cart-state';
import { current, type CurrentCart } from '../read/current';
import { firstOpen } from './first-open';

export interface FoundCart {
  readonly cartId: string;
  readonly cartNumber: number;
  readonly state: Cart;
  readonly revision: number;
}

const REMEMBERED_CUSTOMERS = 50_000;

/**
 * The cart that a customer fills now. Where to look first is a hint, from memory or from `cart.current`; whether a
 * cart is closed its own stream tells, so that a lost or stale hint costs time and nothing else.
 */
export class CurrentCarts {
  private readonly numbers = new LRUCache<string, number>({ max: REMEMBERED_CUSTOMERS });

  constructor(
    private readonly aggregates: Aggregates,
    private readonly readModels: ReadModels,
  ) {}

  async of(customerId: string): Promise<FoundCart> {
    const hint = this.numbers.get(customerId) ?? (await this.kept(customerId));
    const isClosed = async (number: number) => (await this.load(customerId, number)).state.status === 'checked_out';
    const cartNumber = await firstOpen(hint, isClosed);
    this.numbers.set(customerId, cartNumber);
    return this.load(customerId, cartNumber);
  }

  private async kept(customerId: string): Promise<number> {
    return (await this.readModels.get<CurrentCart>(current.name, customerId))?.cartNumber ?? 0;
  }

  private async load(customerId: string, cartNumber: number): Promise<FoundCart> {
    const cartId = cartIdOf(customerId, cartNumber);
    const { state, revision } = await this.aggregates.load(cartType, cartId);
    return { cartId, cartNumber, state, revision };
  }
}
