export interface OrderLine {
  readonly productId: string;
  readonly quantity: number;
}

/** What a shopper or the admin was told of one order. */
export interface KnownOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly OrderLine[];
  /** Keys of the placements that this order answered. */
  readonly keys: Set<string>;
  rejected: boolean;
  canceled: boolean;
  /** The furthest that an admin brought it. */
  advancedTo: 'processing' | 'shipped' | 'delivered' | undefined;
  /** Ids of payments by the key that began them. */
  readonly payments: Map<string, string>;
  /** Refund id to amount. */
  readonly refunds: Map<string, number>;
  /** The customer approved a payment on the provider's page. */
  approved: boolean;
}

export interface Adjustment {
  readonly productId: string;
  readonly delta: number;
  readonly reason: string;
}

/** What everybody who wrote to the shop was told, and may rely on. */
export class Books {
  readonly orders = new Map<string, KnownOrder>();
  readonly adjustments: Adjustment[] = [];

  placed(orderId: string, customerId: string, lines: readonly OrderLine[], key: string): KnownOrder {
    const known = this.orders.get(orderId) ?? {
      orderId,
      customerId,
      lines,
      keys: new Set<string>(),
      rejected: false,
      canceled: false,
      advancedTo: undefined,
      payments: new Map<string, string>(),
      refunds: new Map<string, number>(),
      approved: false,
    };
    known.keys.add(key);
    this.orders.set(orderId, known);
    return known;
  }

  received(productId: string): number {
    return this.adjustments.reduce((sum, adjustment) => (adjustment.productId === productId ? sum + adjustment.delta : sum), 0);
  }
}
