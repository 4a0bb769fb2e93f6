import * as cart from './cart';
import * as customer from './customer';
import type { EventContract } from './event-contract';
import * as inventory from './inventory';
import * as order from './order';
import * as payment from './payment';

/** A contract and the stored event type that it publishes. */
export interface StoredContract {
  readonly storedType: string;
  readonly contract: EventContract;
}

const contexts: readonly Readonly<Record<string, EventContract>>[] = [customer, inventory, cart, order, payment];

/** Every event of every context, context by context. */
export const allContracts: readonly StoredContract[] = contexts.flatMap((contracts) =>
  Object.entries(contracts).map(([storedType, contract]) => ({ storedType, contract })),
);

/** The events that are promised to everyone. */
export const publicContracts: readonly StoredContract[] = allContracts.filter(({ contract }) => contract.visibility === 'public');
