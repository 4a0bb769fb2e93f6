import fc from 'fast-check';
import { DomainError, uuid5 } from '@tillroll/kernel';
import { at, eur, ids, nextAction, T0 } from './payment.examples';
import { payment } from './payment';
import type { PaymentCommand } from './payment-commands';
import type { PaymentEvent } from './payment-events';
import { isKnown, type Payment, type PaymentStatus } from './payment-state';
import { budgetOf, left } from './refund-state';

const OWED = 5_000;
const refundId = fc.integer({ min: 0, max: 4 }).map((n) => uuid5('refund', n));
const time = fc.integer({ min: 0, max: 4_000_000 }).map((ms) => T0 + ms);
const amount = fc.oneof(fc.constant(OWED), fc.integer({ min: 1, max: 2 * OWED }));

const intent = fc
  .record({ status: fc.constantFrom('requires_action', 'processing', 'authorized', 'captured', 'failed', 'canceled'), amount, wrong: fc.integer({ min: 0, max: 9 }), refunded: fc.integer({ min: 0, max: OWED }) })
  .map(({ status, amount, wrong, refunded }) => {
    const total = wrong === 0 ? amount : OWED;
    return { reference: 'in_1', ...ids, method: 'card_ok', status, amount: eur(total), captured: eur(status === 'captured' ? total : 0), refunded: eur(refunded), nextAction, time: at(1) };
  });

const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
  fc.constant({ type: 'InitiatePayment', ...ids, amount: eur(OWED), method: 'card_ok', provider: 'sandbox', payUntil: at(1_800) } as const),
  { weight: 4, arbitrary: intent.map((intent) => ({ type: 'RecordGatewayOutcome', intent }) as const) },
  intent.map((intent) => ({ type: 'CompareReportedAmount', intent }) as const),
  fc.constant({ type: 'RecordGatewayRefusal', reasonCode: 'invalid_request' } as const),
  time.map((at) => ({ type: 'RecordAbsence', at }) as const),
  fc.constant({ type: 'RecordNothingToCancel' } as const),
  time.map((at) => ({ type: 'RequestVoid', at }) as const),
  fc.constant({ type: 'RequestCapture' } as const),
  { weight: 4, arbitrary: fc.record({ type: fc.constant('RequestRefund' as const), refundId, amount: amount.map(eur), reason: fc.constant('broken'), at: time }) },
  fc.record({ type: fc.constant('RequestRefund' as const), refundId, amount: amount.map(eur), reason: fc.constant('broken'), at: time, orWhatIsLeft: fc.constant(true as const) }),
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('RecordRefundOutcome' as const),
      refundId,
      attempt: fc.integer({ min: 1, max: 3 }),
      outcome: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const).map((status) => ({ status, reference: 're_1', time: at(2) })),
      at: time,
      retryAfterMs: fc.constant([10_000]),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('RetryRefund' as const), refundId, by: fc.constantFrom('schedule' as const, 'admin' as const), at: time }) },
);
const history = fc.array(command, { maxLength: 60 });

/** What happens; a refusal is an outcome too. */
function decide(state: Payment, command: PaymentCommand): readonly PaymentEvent[] {
  try {
    return payment.decide(state, command);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

const apply = (state: Payment, command: PaymentCommand): Payment => decide(state, command).reduce<Payment>(payment.evolve, state);

/** Every state on the way. */
function* walk(commands: readonly PaymentCommand[]): Generator<{ before: Payment; command: PaymentCommand; after: Payment }> {
  let before: Payment = payment.initialState;
  for (const command of commands) {
    const after = apply(before, command);
    yield { before, command, after };
    before = after;
  }
}

const RANKS: readonly (readonly (PaymentStatus | 'none')[])[] = [
  ['none'],
  ['created'],
  ['requires_action'],
  ['processing'],
  ['authorized'],
  ['failed', 'voided', 'expired'],
  ['captured'],
];
const rankOf = (state: Payment): number => RANKS.findIndex((statuses) => statuses.includes(state.status));

const property = (check: (step: { before: Payment; command: PaymentCommand; after: Payment }) => void): void =>
  fc.assert(
    fc.property(history, (commands) => {
      for (const step of walk(commands)) check(step);
    }),
    { numRuns: 500 },
  );

describe('whatever is asked and answered', () => {
  it('never more is paid back, or on its way back, than was captured', () =>
    property(({ after }) => {
      if (!isKnown(after)) return;
      expect(left(budgetOf(after))).toBeGreaterThanOrEqual(0);
      expect(after.captured.amount - after.refunded.amount).toBeGreaterThanOrEqual(0);
    }));

  it('only succeeded refunds are money back', () =>
    property(({ after }) => {
      if (!isKnown(after)) return;
      const succeeded = after.refunds.filter(({ status }) => status === 'succeeded');
      expect(after.refunded.amount).toBe(succeeded.reduce((sum, refund) => sum + refund.amount.amount, 0));
    }));

  it('ranks only go up', () => property(({ before, after }) => expect(rankOf(after)).toBeGreaterThanOrEqual(rankOf(before))));

  it('a status changes only to a higher rank', () =>
    property(({ before, after }) => {
      if (before.status !== after.status) expect(rankOf(after)).toBeGreaterThan(rankOf(before));
    }));

  it('captured is exactly what is owed, or nothing', () =>
    property(({ after }) => {
      if (isKnown(after)) expect(after.captured.amount).toBe(after.status === 'captured' ? OWED : 0);
    }));

  it('a command given again changes nothing', () =>
    property(({ command, after }) => {
      expect(decide(after, command)).toEqual([]);
    }));

  it('survives being written to JSON and read back', () => property(({ after }) => expect(JSON.parse(JSON.stringify(after))).toEqual(after)));
});

it('an unknown event leaves the payment as it is', () =>
  property(({ after }) => expect(payment.evolve(after, { type: 'SomethingLater' } as unknown as PaymentEvent)).toBe(after)));
