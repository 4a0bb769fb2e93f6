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

type Place = Pick<FoundCart, 'cartId' | 'cartNumber'>;

const REMEMBERED_CUSTOMERS = 50_000;

/**
 * The cart that a customer fills now. Where to look first is a hint, from memory or from `cart.current`; whether a
 * cart is closed its own stream tells, so that a lost or stale hint costs time and nothing else.
 */
export class CurrentCarts {
  private readonly lastSeen = new LRUCache<string, Place>({ max: REMEMBERED_CUSTOMERS });

  constructor(
    private readonly aggregates: Aggregates,
    private readonly readModels: ReadModels,
  ) {}

  async of(customerId: string): Promise<FoundCart> {
    const hint = this.lastSeen.get(customerId) ?? placeOf(customerId, await this.kept(customerId));
    const hinted = await this.at(hint);
    const found = isClosed(hinted) ? await this.behind(customerId, hint.cartNumber) : hinted;
    if (found !== hinted || !this.lastSeen.has(customerId)) this.lastSeen.set(customerId, { cartId: found.cartId, cartNumber: found.cartNumber });
    return found;
  }

  private async behind(customerId: string, closed: number): Promise<FoundCart> {
    const load = (number: number) => this.at(placeOf(customerId, number));
    return load(await firstOpen(closed, async (number) => isClosed(await load(number))));
  }

  private async kept(customerId: string): Promise<number> {
    return (await this.readModels.get<CurrentCart>(current.name, customerId))?.cartNumber ?? 0;
  }

  private async at({ cartId, cartNumber }: Place): Promise<FoundCart> {
    const { state, revision } = await this.aggregates.load(cartType, cartId);
    return { cartId, cartNumber, state, revision };
  }
}

const placeOf = (customerId: string, cartNumber: number): Place => ({ cartId: cartIdOf(customerId, cartNumber), cartNumber });

const isClosed = ({ state }: FoundCart): boolean => state.status === 'checked_out';
