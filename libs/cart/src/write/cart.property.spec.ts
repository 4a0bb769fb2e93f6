import fc from 'fast-check';
import { DomainError, money } from '@tillroll/kernel';
import { eur, LEASE_MS, NOON, ofCart } from '../testing/cart-samples';
import { cart } from './cart';
import type { CartCommand } from './cart-commands';
import type { CartEvent } from './cart-events';
import { cartSnapshot } from './cart-snapshot';
import type { Cart } from './cart-state';
import type { ProductFacts } from './product-facts';
import { MOST_LINES, totalOf } from './rules';

type Given = (state: Cart) => Partial<CartCommand>;

const often = <T>(usual: T, ...others: readonly T[]) => fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
const productId = fc.constantFrom('tea', 'mug', 'pot');
const price = often(eur(250), eur(0), eur(251), eur(249), eur(Number.MAX_SAFE_INTEGER), money(250, 'USD'));
const limit = often<ProductFacts['limit']>(undefined, { quantity: 5, alreadyBought: 0 }, { quantity: 5, alreadyBought: 4 });
const facts = (id: string): fc.Arbitrary<ProductFacts> =>
  fc.record({ price, onSale: often(true, false), available: often(20, 0, 3), limit }).map(({ limit: of, ...rest }) => ({
    productId: id,
    name: id,
    ...rest,
    ...(of === undefined ? {} : { limit: of }),
  }));
const units = fc.integer({ min: 1, max: 6 });
const products = fc.record({ tea: facts('tea'), mug: facts('mug'), pot: facts('pot') }).map((all) => new Map(Object.entries(all)));

const add = fc.tuple(productId.chain(facts), units).map(([product, quantity]): Given => () => ({ type: 'AddItem', productId: product.productId, product, quantity }));
const change = fc
  .tuple(productId.chain(facts), often(1, 0, 4, 30))
  .map(([product, quantity]): Given => () => ({ type: 'ChangeQuantity', productId: product.productId, product, quantity }));
const remove = productId.map((id): Given => () => ({ type: 'RemoveItem', productId: id }));
const empty = fc.constant<Given>(() => ({ type: 'EmptyCart' }));
const orderOf = (number: number) => `order-${number}`;
const lock = fc
  .tuple(often(0, -1, 1), products, often(undefined, eur(500)))
  .map(([beside, known, expectedTotal]): Given => ({ checkoutNumber }) => {
    const number = Math.max(0, checkoutNumber + beside);
    return { type: 'LockCart', orderId: orderOf(number), cartNumber: 0, checkoutNumber: number, expectedTotal, products: known, leaseMs: LEASE_MS };
  });
const unlock = often(0, -1).map((beside): Given => ({ checkoutNumber }) => ({ type: 'UnlockCart', orderId: orderOf(checkoutNumber + beside), reason: 'order_rejected' }));
const checkOut = often(0, -1).map((beside): Given => ({ checkoutNumber }) => ({ type: 'CheckOut', orderId: orderOf(checkoutNumber + beside) }));

const command = fc.record({
  later: often(1, LEASE_MS / 2, LEASE_MS),
  give: fc.oneof({ weight: 6, arbitrary: add }, { weight: 2, arbitrary: change }, remove, empty, { weight: 4, arbitrary: lock }, { weight: 2, arbitrary: unlock }, checkOut),
});

interface Step {
  readonly before: Cart;
  readonly command: CartCommand;
  readonly events: readonly CartEvent[];
  readonly after: Cart;
}

function play(commands: readonly { readonly later: number; readonly give: Given }[]): readonly Step[] {
  let state = cart.initialState;
  let at = NOON;
  return commands.map(({ later, give }) => {
    at += later;
    const given = { ...ofCart, at, ...give(state) } as CartCommand;
    const before = state;
    const events = decided(before, given);
    state = events.reduce((now, event) => cart.evolve(now, event), before);
    return { before, command: given, events, after: state };
  });
}

function decided(state: Cart, given: CartCommand): readonly CartEvent[] {
  try {
    return cart.decide(state, given);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

const histories = fc.array(command, { minLength: 10, maxLength: 40, size: 'max' });
const seen = new Map<string, number>();

const holds = (check: (step: Step, steps: readonly Step[]) => void) =>
  fc.assert(
    fc.property(histories, (commands) => {
      const steps = play(commands);
      for (const step of steps) {
        check(step, steps);
        for (const event of step.events) seen.set(nameOf(event), (seen.get(nameOf(event)) ?? 0) + 1);
      }
    }),
  );

const nameOf = (event: CartEvent): string =>
  event.type === 'CartLockRefused' ? `${event.type} ${event.code}` : event.type === 'CartUnlocked' ? `${event.type} ${event.reason}` : event.type;

describe('whatever is done to a cart', () => {
  it('never holds more lines than it may, an empty line, two currencies, or a total that cannot be written down', () =>
    holds(({ after }) => {
      expect(after.lines.size).toBeLessThanOrEqual(MOST_LINES);
      for (const { quantity: units } of after.lines.values()) expect(units).toBeGreaterThan(0);
      expect(() => totalOf(after.lines.values())).not.toThrow();
    }));

  it('takes no more of a product than is available and allowed', () =>
    holds(({ command: given, events, after }) => {
      if (given.type !== 'AddItem' || events.length === 0) return;
      const inCart = after.lines.get(given.productId)?.quantity ?? 0;
      expect(inCart).toBeLessThanOrEqual(given.product?.available ?? 0);
      expect(inCart + (given.product?.limit?.alreadyBought ?? 0)).toBeLessThanOrEqual(given.product?.limit?.quantity ?? Infinity);
    }));

  it('keeps its lines as they are while it is locked, and for ever once it is closed', () =>
    holds(({ before, command: given, after }) => {
      if (before.status === 'checked_out') expect(after).toEqual(before);
      if (before.status === 'locked' && given.at < before.lockedUntil) expect(after.lines).toEqual(before.lines);
    }));

  it('becomes an order at most once, with the lines that it was locked with', () =>
    holds((_, steps) => {
      const events = steps.flatMap((step) => step.events);
      const closings = events.filter((event) => event.type === 'CartCheckedOut');
      expect(closings.length).toBeLessThanOrEqual(1);
      for (const closing of closings) {
        const lock = events.findLast((event) => event.type === 'CartLocked');
        expect(lock).toMatchObject({ orderId: closing.orderId, checkoutNumber: closing.checkoutNumber });
        const closed = steps.at(-1)?.after;
        expect(lock?.lines.map(({ productId: id, quantity: units }) => [id, units])).toEqual(
          [...(closed?.lines.values() ?? [])].map((line) => [line.productId, line.quantity]),
        );
      }
    }));

  it('never locks for two orders at a time, and never again for an order whose checkout ended', () =>
    holds((_, steps) => {
      const locks = steps.flatMap((step) => step.events).filter((event) => event.type === 'CartLocked');
      expect(new Set(locks.map((lock) => lock.orderId)).size).toBe(locks.length);
    }));

  it('locks at a total that is the sum of its lines', () =>
    holds(({ events }) => {
      for (const event of events)
        if (event.type === 'CartLocked') {
          expect(event.total).toEqual(totalOf(event.lines));
          for (const { unitPrice, quantity: units, lineTotal } of event.lines) expect(lineTotal.amount).toBe(unitPrice.amount * units);
        }
    }));

  it('is carried out already when the same lock, unlock or check-out is asked for again', () =>
    holds(({ command: given, events, after }) => {
      if (given.type !== 'LockCart' && given.type !== 'UnlockCart' && given.type !== 'CheckOut') return;
      if (events.some((event) => event.type.endsWith('Refused'))) return;
      if (events.length > 0 && given.type !== 'UnlockCart') expect(cart.decide(after, given)).toEqual([]);
      if (given.type === 'UnlockCart') expect(cart.decide(after, given)).toEqual([]);
    }));

  it('is the same after a snapshot', () =>
    holds(({ after }) => expect(cartSnapshot.decode(JSON.parse(JSON.stringify(cartSnapshot.encode(after))))).toEqual(after)));

  it('ignores events that it does not know', () =>
    holds(({ after }) => expect(cart.evolve(after, { type: 'SomethingNew' } as unknown as CartEvent)).toBe(after)));

  it('was tried in every way', () =>
    expect([...seen.keys()].sort()).toEqual([
      'CartCheckOutRefused', 'CartCheckedOut', 'CartEmptied',
      'CartLockRefused cart_changed', 'CartLockRefused cart_empty', 'CartLockRefused currency_mismatch', 'CartLockRefused product_not_found',
      'CartLockRefused stale', 'CartLockRefused total_too_large', 'CartLocked',
      'CartUnlocked lease_lapsed', 'CartUnlocked order_rejected', 'CartUnlocked superseded',
      'ItemAdded', 'ItemQuantityChanged', 'ItemRemoved',
    ]));
});
