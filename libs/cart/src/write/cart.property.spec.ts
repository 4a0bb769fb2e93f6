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

const productId = fc.constantFrom('tea', 'mug', 'pot');
const amount = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 10_000 }) }, fc.constant(Number.MAX_SAFE_INTEGER));
const price = fc.oneof({ weight: 9, arbitrary: amount.map(eur) }, amount.map((minor) => money(minor, 'USD')));
const limit = fc.record({ quantity: fc.integer({ min: 1, max: 8 }), alreadyBought: fc.integer({ min: 0, max: 4 }) });
const facts = (id: string): fc.Arbitrary<ProductFacts> =>
  fc
    .record({ price, onSale: fc.boolean(), available: fc.integer({ min: 0, max: 20 }), limit: fc.option(limit, { nil: undefined }) })
    .map(({ limit: of, ...rest }) => ({ productId: id, name: id, ...rest, onSale: rest.onSale || rest.available % 3 > 0, ...(of === undefined ? {} : { limit: of }) }));
const anyProduct = productId.chain(facts);
const quantity = fc.integer({ min: 0, max: 12 });
const orderNumber = fc.integer({ min: 0, max: 3 });

const command = fc.record({ later: fc.integer({ min: 0, max: LEASE_MS / 2 }), give: fc.oneof(
  fc.record({ type: fc.constant('AddItem' as const), product: anyProduct, quantity: quantity.map((units) => units + 1) }).map((c) => ({ ...c, productId: c.product.productId })),
  fc.record({ type: fc.constant('ChangeQuantity' as const), product: anyProduct, quantity }).map((c) => ({ ...c, productId: c.product.productId })),
  fc.record({ type: fc.constant('RemoveItem' as const), productId }),
  fc.record({ type: fc.constant('EmptyCart' as const) }),
  fc
    .record({ type: fc.constant('LockCart' as const), checkoutNumber: orderNumber, tea: facts('tea'), mug: facts('mug'), pot: facts('pot'), expectedTotal: fc.option(price, { nil: undefined }) })
    .map(({ tea, mug, pot, ...c }) => ({ ...c, cartNumber: 0, orderId: `order-${c.checkoutNumber}`, leaseMs: LEASE_MS, products: new Map([tea, mug, pot].map((p) => [p.productId, p])) })),
  orderNumber.map((n) => ({ type: 'UnlockCart' as const, orderId: `order-${n}`, reason: 'order_rejected' })),
  orderNumber.map((n) => ({ type: 'CheckOut' as const, orderId: `order-${n}` })),
) });

interface Step {
  readonly before: Cart;
  readonly command: CartCommand;
  readonly events: readonly CartEvent[];
  readonly after: Cart;
}

function play(commands: readonly { later: number; give: object }[]): readonly Step[] {
  let state = cart.initialState;
  let at = NOON;
  return commands.map(({ later, give }) => {
    at += later;
    const given = { ...ofCart, at, ...give } as CartCommand;
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

const holds = (check: (step: Step, steps: readonly Step[]) => void) =>
  fc.assert(fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
    const steps = play(commands);
    for (const step of steps) check(step, steps);
  }));

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
});
