import { refuse } from './domain-error';

/** An amount in minor units (cents) of an ISO 4217 currency. Never a float. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export const money = (amount: number, currency: string): Money => ({ amount, currency });

function exact(amount: number): number {
  return Number.isSafeInteger(amount) ? amount : refuse('total_too_large', {});
}

/** Refuses with `currency_mismatch`, or with `total_too_large` beyond 2^53-1. */
export function add(a: Money, b: Money): Money {
  if (a.currency !== b.currency) return refuse('currency_mismatch', { expected: a.currency, given: b.currency });
  return money(exact(a.amount + b.amount), a.currency);
}

/** Refuses with `total_too_large` beyond 2^53-1. */
export const times = (unit: Money, quantity: number): Money => money(exact(unit.amount * quantity), unit.currency);

export const equal = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;
