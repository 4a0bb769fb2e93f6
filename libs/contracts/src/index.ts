export * from './all-contracts';
export * as cart from './cart';
export * as customer from './customer';
export * from './event-contract';
export * from './identities';
export * as inventory from './inventory';
export * as order from './order';
export * as payment from './payment';
export * from './publication';
