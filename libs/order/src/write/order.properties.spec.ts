import fc from 'fast-check';
import { DomainError, money } from '@tillroll/kernel';
import { NOON, placeOrder, startPayment, total, WINDOW_MS } from './order.examples';
import { order } from './order';
import type { OrderCommand } from './order-commands';
import type { OrderEvent } from './order-events';
import { attemptsOf, isPlaced, NEXT, type Order } from './order-state';
import { refundedOf, unreturnedOf } from './payment-attempt';

const paymentId = fc.constantFrom('p1', 'p2', 'p3');
const at = fc.integer({ min: NOON, max: NOON + 2 * WINDOW_MS });

/** Anything that anybody may ask of an order, in any sequence. */
const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  fc.constantFrom<OrderCommand>(
    placeOrder,
    { type: 'RecordStockHeld' },
    { type: 'RecordStockCommitted' },
    { type: 'RecordStockReleased' },
    { type: 'RecordStockLost' },
    { type: 'RejectOrder', code: 'insufficient_stock', detail: {} },
    { type: 'AbandonCheckout' },
    { type: 'CancelOrder', reason: 'because', by: 'customer' },
    { type: 'CancelIfPending', reason: 'forgotten' },
    { type: 'AdvanceOrder', to: 'processing' },
    { type: 'AdvanceOrder', to: 'shipped' },
    { type: 'AdvanceOrder', to: 'delivered' },
  ),
  fc.record({ id: paymentId, at }).map(({ id, at: time }) => startPayment(id, time)),
  fc
    .record({ id: paymentId, status: fc.constantFrom('requires_action', 'processing', 'authorized', 'captured', 'failed', 'voided', 'expired') })
    .map(({ id, status }): OrderCommand => ({ type: 'RecordPayment', paymentId: id, status, ...(status === 'captured' ? { captured: total } : {}) })),
  at.map((time): OrderCommand => ({ type: 'ExpireOrder', at: time })),
);

/** Runs the commands, and answers each refund that the order requires with success. */
function run(commands: readonly OrderCommand[]): { readonly state: Order; readonly events: readonly OrderEvent[] } {
  let state = order.initialState;
  const events: OrderEvent[] = [];
  const give = (given: OrderCommand): void => {
    let decided: readonly OrderEvent[] = [];
    try {
      decided = order.decide(state, given);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
    state = decided.reduce(order.evolve, state);
    events.push(...decided);
    for (const event of decided)
      if (event.type === 'OrderRefundRequired') give({ type: 'RecordRefund', paymentId: event.paymentId, refundId: event.refundId, amount: event.amount, status: 'succeeded' });
  };
  for (const given of commands) give(given);
  return { state, events };
}

const histories = fc.array(command, { maxLength: 60 }).map((commands) => run([placeOrder, { type: 'RecordStockHeld' }, ...commands]));

describe('whatever is asked of an order', () => {
  it('keeps nothing of an order that fell through, and at most one payment of any other (invariants 5 and 6)', () =>
    fc.assert(
      fc.property(histories, ({ state }) => {
        if (!isPlaced(state)) return;
        const kept = attemptsOf(state).reduce((sum, attempt) => sum + attempt.captured - refundedOf(attempt), 0);
        const fellThrough = ['rejected', 'expired', 'canceled'].includes(state.status);
        expect(kept).toBeLessThanOrEqual(fellThrough ? 0 : state.total.amount);
      }),
    ));

  it('never asks for more back than was taken', () =>
    fc.assert(fc.property(histories, ({ state }) => isPlaced(state) && attemptsOf(state).every((attempt) => unreturnedOf(attempt) >= 0))));

  it('moves only along the state machine', () =>
    fc.assert(
      fc.property(histories, ({ events }) => {
        let state = order.initialState;
        for (const event of events) {
          const before = state;
          state = order.evolve(state, event);
          if (isPlaced(before) && isPlaced(state) && before.status !== state.status) expect(NEXT[before.status]).toContain(state.status);
        }
      }),
    ));

  it('decides the same again from the recorded events', () =>
    fc.assert(fc.property(histories, ({ state, events }) => expect(events.reduce(order.evolve, order.initialState)).toEqual(state))));

  it('ignores events that it does not know', () =>
    fc.assert(
      fc.property(histories, ({ state }) => expect(order.evolve(state, { type: 'Unknown', amount: money(1, 'EUR') } as unknown as OrderEvent)).toBe(state)),
    ));
});
