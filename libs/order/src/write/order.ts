import { type Decider, DomainError, equal, type EpochMs, money, refuse, toTimestamp, unreachable, uuid5 } from '@tillroll/kernel';
import type { OrderCommand } from './order-commands';
import type { OrderEvent } from './order-events';
import { attemptOf, attemptsOf, hasFallenThrough, isCompensating, isPlaced, NEXT, type Order, type OrderStatus, type PlacedOrder } from './order-state';
import { isLive, isProgress, type PaymentAttempt, unreturnedOf } from './payment-attempt';

/** Codes with which inventory refuses an order; it holds nothing then. */
const REFUSED_BY_INVENTORY = new Set(['insufficient_stock', 'purchase_limit_exceeded']);

export const order: Decider<Order, OrderCommand, OrderEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    if (!isPlaced(state)) {
      if (command.type === 'CancelIfPending') return [];
      return command.type === 'PlaceOrder' ? [placed(command)] : refuse('not_found');
    }
    if (command.type === 'PlaceOrder') return [];
    const events = decidePlaced(state, command);
    return events.length === 0 ? events : completingCompensation(state, events);
  },

  evolve,
};

function decidePlaced(state: PlacedOrder, command: Exclude<OrderCommand, { type: 'PlaceOrder' }>): readonly OrderEvent[] {
  const { orderId, customerId, cartId } = state;
  const of = { orderId, customerId };
  switch (command.type) {
    case 'RecordStockHeld':
      return state.status === 'pending' && state.stockStatus === 'requested' ? [{ type: 'OrderStockHeld', ...of, cartId }] : [];
    case 'RecordStockCommitted':
      return state.stockStatus === 'held' ? [{ type: 'OrderStockCommitted', ...of }] : [];
    case 'RecordStockReleased':
      return hasFallenThrough(state) && state.stockStatus !== 'released' ? [{ type: 'OrderStockReleased', ...of }] : [];
    case 'RecordStockLost':
      return state.status === 'confirmed' || state.status === 'processing' ? canceled(state, { reason: 'stock_lost', by: 'system' }) : [];
    case 'RejectOrder':
      if (hasFallenThrough(state) && state.stockStatus === 'requested') return [{ type: 'OrderStockReleased', ...of }];
      return state.status === 'pending' && state.stockStatus === 'requested'
        ? [{ type: 'OrderRejected', ...of, cartId, code: command.code, detail: command.detail }]
        : [];
    case 'AbandonCheckout':
      return state.status === 'pending' && state.stockStatus === 'requested'
        ? [{ type: 'OrderRejected', ...of, cartId, code: 'checkout_timed_out', detail: {} }]
        : [];
    case 'StartPayment':
      return startPayment(state, command);
    case 'AskForPaymentAgain':
      return state.attempts[command.paymentId]?.status === 'created' ? [{ type: 'OrderPaymentAskedAgain', ...of, paymentId: command.paymentId }] : [];
    case 'RecordPayment':
      return recordPayment(state, command);
    case 'RecordRefund':
      return recordRefund(state, command);
    case 'ExpireOrder':
      return state.status === 'pending' && isPast(state.expiresAt, command.at) ? [{ type: 'OrderExpired', ...of }, ...returnings(state)] : [];
    case 'CancelOrder':
      refuseUnlessCancelable(state);
      return canceled(state, command);
    case 'CancelIfPending':
      return state.status === 'pending' ? canceled(state, { reason: command.reason, by: 'system' }) : [];
    case 'AdvanceOrder':
      refuseUnlessAllowed(state.status, command.to);
      if (command.to === 'shipped' && state.stockStatus !== 'committed') refuse('invalid_transition', { from: state.status, to: 'shipped', allowed: [] });
      return [advanced(of, command)];
    default:
      return unreachable(command);
  }
}

const isPast = (timestamp: string, at: EpochMs): boolean => Date.parse(timestamp) <= at;

function placed(command: Extract<OrderCommand, { type: 'PlaceOrder' }>): OrderEvent {
  const { type: _, at, paymentWindowMs, ...rest } = command;
  return { type: 'OrderPlaced', ...rest, placedAt: toTimestamp(at), expiresAt: toTimestamp(at + paymentWindowMs) };
}

function startPayment(state: PlacedOrder, command: Extract<OrderCommand, { type: 'StartPayment' }>): readonly OrderEvent[] {
  const { type: _, at, ...request } = command;
  if (attemptOf(state, command.paymentId) !== undefined) return [];
  refuseUnlessPayable(state, at);
  if (!equal(state.total, command.amount)) refuse('amount_mismatch', { expected: state.total, given: command.amount });
  const { orderId, customerId, expiresAt } = state;
  const live = attemptsOf(state).find(isLive);
  if (live !== undefined) return [{ type: 'OrderPaymentJoined', orderId, customerId, paymentId: live.paymentId, askedFor: command.paymentId }];
  return [{ type: 'OrderPaymentRequested', orderId, customerId, ...request, payUntil: expiresAt }];
}

function refuseUnlessPayable(state: PlacedOrder, at: EpochMs): void {
  const status = state.status === 'pending' && isPast(state.expiresAt, at) ? 'expired' : state.status;
  if (status !== 'pending' || state.stockStatus !== 'held') refuse('order_not_payable', { from: status, allowed: NEXT[status] });
}

function recordPayment(state: PlacedOrder, command: Extract<OrderCommand, { type: 'RecordPayment' }>): readonly OrderEvent[] {
  const attempt = state.attempts[command.paymentId];
  if (attempt === undefined || !isProgress(attempt.status, command.status)) return [];
  const { type: _, ...update } = command;
  const of = { orderId: state.orderId, customerId: state.customerId, paymentId: attempt.paymentId };
  const updated: OrderEvent = { type: 'OrderPaymentUpdated', ...of, ...update };
  if (command.status !== 'captured' && command.status !== 'authorized') return [updated];
  if (state.status === 'pending') {
    const paymentStatus = command.status === 'captured' ? 'paid' : 'authorized';
    return [updated, { type: 'OrderConfirmed', ...of, amount: attempt.amount, paymentStatus }];
  }
  if (isTheOneThatPays(state, attempt)) return [updated];
  if (command.status === 'authorized') return [updated, { type: 'OrderVoidRequired', ...of }];
  const amount = command.captured ?? attempt.amount;
  return [updated, refundRequired(state, attempt, amount.amount, 'payment_returned'), { type: 'PaymentReturned', ...of, amount }];
}

/** The authorised payment of an order that goes on: its capture is expected. */
const isTheOneThatPays = (state: PlacedOrder, attempt: PaymentAttempt): boolean =>
  !hasFallenThrough(state) && attempt.status === 'authorized';

function recordRefund(state: PlacedOrder, command: Extract<OrderCommand, { type: 'RecordRefund' }>): readonly OrderEvent[] {
  const attempt = state.attempts[command.paymentId];
  if (attempt === undefined) return [];
  const known = attempt.refunds[command.refundId]?.status;
  if (known === command.status || known === 'succeeded' || (known !== undefined && command.status === 'requested')) return [];
  const { type: _, ...update } = command;
  return [{ type: 'OrderRefundUpdated', orderId: state.orderId, customerId: state.customerId, ...update }];
}

function refuseUnlessCancelable(state: PlacedOrder): void {
  if (!NEXT[state.status].includes('canceled')) refuse('order_not_cancelable', { from: state.status, to: 'canceled', allowed: NEXT[state.status] });
}

function canceled(state: PlacedOrder, why: { reason: string; note?: string; by: 'customer' | 'admin' | 'system' }): readonly OrderEvent[] {
  const { orderId, customerId } = state;
  const note = why.note === undefined ? {} : { note: why.note };
  return [{ type: 'OrderCanceled', orderId, customerId, reason: why.reason, ...note, by: why.by }, ...returnings(state)];
}

/** What must be asked of the payment context when the order ends: live payments are voided, captured ones paid back. */
function returnings(state: PlacedOrder): readonly OrderEvent[] {
  return attemptsOf(state).flatMap((attempt): readonly OrderEvent[] => {
    if (isLive(attempt)) return [{ type: 'OrderVoidRequired', orderId: state.orderId, customerId: state.customerId, paymentId: attempt.paymentId }];
    const owed = unreturnedOf(attempt);
    return owed > 0 ? [refundRequired(state, attempt, owed, 'order_canceled')] : [];
  });
}

function refundRequired(state: PlacedOrder, attempt: PaymentAttempt, amount: number, reason: string): OrderEvent {
  const { orderId, customerId } = state;
  const refundId = uuid5('refund', attempt.paymentId, reason);
  return { type: 'OrderRefundRequired', orderId, customerId, paymentId: attempt.paymentId, refundId, amount: money(amount, attempt.amount.currency), reason };
}

const ADVANCED = { processing: 'OrderProcessing', shipped: 'OrderShipped', delivered: 'OrderDelivered' } as const;

function advanced(of: { orderId: string; customerId: string }, command: Extract<OrderCommand, { type: 'AdvanceOrder' }>): OrderEvent {
  const note = command.note === undefined ? {} : { note: command.note };
  const tracking = command.tracking === undefined ? {} : { tracking: command.tracking };
  return command.to === 'shipped' ? { type: 'OrderShipped', ...of, ...note, ...tracking } : { type: ADVANCED[command.to], ...of, ...note };
}

const ADVANCEABLE: readonly OrderStatus[] = ['processing', 'shipped', 'delivered'];

function refuseUnlessAllowed(from: OrderStatus, to: OrderStatus): void {
  const allowed = NEXT[from].filter((status) => ADVANCEABLE.includes(status));
  if (!allowed.includes(to)) throw new DomainError('invalid_transition', { from, to, allowed });
}

/** The last step of the compensation says that it was the last. */
function completingCompensation(before: PlacedOrder, events: readonly OrderEvent[]): readonly OrderEvent[] {
  const after = events.reduce<Order>(evolve, before);
  if (!isPlaced(after) || !hasFallenThrough(after) || !isCompensating(before) || isCompensating(after)) return events;
  return [...events, { type: 'CompensationCompleted', orderId: before.orderId, customerId: before.customerId }];
}

function evolve(state: Order, event: OrderEvent): Order {
  if (event.type === 'OrderPlaced') {
    const { type: _, ...data } = event;
    return { status: 'pending', stockStatus: 'requested', ...data, attempts: {} };
  }
  if (!isPlaced(state)) return state;
  switch (event.type) {
    case 'OrderStockHeld':
      return { ...state, stockStatus: 'held' };
    case 'OrderStockCommitted':
      return { ...state, stockStatus: 'committed' };
    case 'OrderStockReleased':
      return { ...state, stockStatus: 'released' };
    case 'OrderRejected':
      return {
        ...state,
        status: 'rejected',
        rejection: { code: event.code, detail: event.detail },
        stockStatus: REFUSED_BY_INVENTORY.has(event.code) ? 'released' : state.stockStatus,
      };
    case 'OrderPaymentRequested': {
      const { paymentId, amount, method } = event;
      return withAttempt(state, { paymentId, amount, method, status: 'created', captured: 0, refunds: {} });
    }
    case 'OrderPaymentJoined':
      return { ...state, joined: { ...state.joined, [event.askedFor]: event.paymentId } };
    case 'OrderPaymentUpdated':
      return updateAttempt(state, event.paymentId, ({ nextAction: _, ...attempt }) => ({
        ...attempt,
        status: event.status,
        ...(event.nextAction === undefined ? {} : { nextAction: event.nextAction }),
        ...(event.reasonCode === undefined ? {} : { reasonCode: event.reasonCode }),
        ...(event.retryable === undefined ? {} : { retryable: event.retryable }),
        ...(event.transaction === undefined ? {} : { transaction: event.transaction }),
        captured: event.status === 'captured' ? (event.captured ?? attempt.amount).amount : attempt.captured,
      }));
    case 'OrderRefundRequired':
      return withRefund(state, event.paymentId, event.refundId, { amount: event.amount, status: 'requested' });
    case 'OrderRefundUpdated':
      return withRefund(state, event.paymentId, event.refundId, { amount: event.amount, status: event.status });
    case 'OrderConfirmed':
      return { ...state, status: 'confirmed' };
    case 'OrderExpired':
      return { ...state, status: 'expired' };
    case 'OrderCanceled':
      return { ...state, status: 'canceled' };
    case 'OrderProcessing':
      return { ...state, status: 'processing' };
    case 'OrderShipped':
      return { ...state, status: 'shipped', ...(event.tracking === undefined ? {} : { tracking: event.tracking }) };
    case 'OrderDelivered':
      return { ...state, status: 'delivered' };
    default:
      return state;
  }
}

const withAttempt = (state: PlacedOrder, attempt: PaymentAttempt): PlacedOrder => ({
  ...state,
  attempts: { ...state.attempts, [attempt.paymentId]: attempt },
});

function updateAttempt(state: PlacedOrder, paymentId: string, change: (attempt: PaymentAttempt) => PaymentAttempt): PlacedOrder {
  const attempt = state.attempts[paymentId];
  return attempt === undefined ? state : withAttempt(state, change(attempt));
}

const withRefund = (state: PlacedOrder, paymentId: string, refundId: string, refund: PaymentAttempt['refunds'][string]): PlacedOrder =>
  updateAttempt(state, paymentId, (attempt) => ({ ...attempt, refunds: { ...attempt.refunds, [refundId]: refund } }));

