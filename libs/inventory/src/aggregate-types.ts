import type { AggregateType } from '@tillroll/processing';
import { type Allowance, allowance, type AllowanceCommand, type AllowanceEvent } from './write/allowance';
import { allowanceSnapshot } from './write/allowance-snapshot';
import { type Product, product, type ProductCommand, type ProductEvent } from './write/product';
import { type Reservation, reservation, type ReservationCommand } from './write/reservation';
import type { ReservationEvent } from './write/reservation-events';
import { stock } from './write/stock';
import type { StockCommand } from './write/stock-commands';
import type { StockEvent } from './write/stock-events';
import { stockSnapshot } from './write/stock-snapshot';
import type { Stock } from './write/stock-state';

export const productType: AggregateType<Product, ProductCommand, ProductEvent> = {
  name: 'product',
  decider: product,
  snapshot: { version: 1, encode: (state) => state, decode: (json) => json as Product },
};

export const stockType: AggregateType<Stock, StockCommand, StockEvent> = { name: 'stock', decider: stock, snapshot: stockSnapshot };

export const reservationType: AggregateType<Reservation, ReservationCommand, ReservationEvent> = { name: 'reservation', decider: reservation };

export const allowanceType: AggregateType<Allowance, AllowanceCommand, AllowanceEvent> = {
  name: 'allowance',
  decider: allowance,
  snapshot: allowanceSnapshot,
};

/** The stream `allowance-<id>` of one product and one customer; `~` is in no product id. */
export const allowanceId = (productId: string, customerId: string): string => `${productId}~${customerId}`;
