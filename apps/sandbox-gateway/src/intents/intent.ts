import type { EpochMs } from '@tillroll/kernel';
import { Refusal } from './refusal';
import { type DeclineCode, testMethods } from './test-methods';

export type IntentStatus = 'requires_action' | 'processing' | 'authorized' | 'captured' | 'failed' | 'canceled';
export type IntentReason = DeclineCode | 'expired' | 'canceled';

/** What the merchant asks for. */
export interface IntentRequest {
  readonly paymentId: string;
  readonly orderId: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly method: string;
  readonly returnUrl?: string;
  /** Reserve now, capture on request. */
  readonly captureLater?: boolean;
  /** The customer cannot pay after this. */
  readonly payUntil?: EpochMs;
}

/** A merchant's wish to be paid, and how far it came. */
export interface Intent {
  readonly id: string;
  readonly request: IntentRequest;
  readonly status: IntentStatus;
  readonly captured: number;
  readonly refunded: number;
  /** With `failed` and `canceled`. */
  readonly reasonCode?: IntentReason;
  /** When it changes by itself: with `requires_action` it expires, with `processing` it is captured. */
  readonly wakesAt?: EpochMs;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
}

/** How long the hosted page can be used when the merchant names no end. */
export const CHECKOUT_MS = 30 * 60_000;
/** The longest that the hosted page can be used. */
export const LONGEST_CHECKOUT_MS = 24 * 3_600_000;

/** Refuses with `unsupported_method`. `lateMs`: how long `card_late_success` takes. */
export function openIntent(id: string, request: IntentRequest, at: EpochMs, lateMs: number): Intent {
  const method = testMethods.get(request.method);
  if (method === undefined) throw new Refusal('unsupported_method', `there is no payment method ${request.method}`);
  const intent: Intent = { id, request, status: 'requires_action', captured: 0, refunded: 0, createdAt: at, updatedAt: at };
  if (request.payUntil !== undefined && request.payUntil <= at) return ended(intent, 'canceled', 'expired', at);
  switch (method.behaviour) {
    case 'captures':
      return paid(intent, at);
    case 'authorizes':
      return { ...intent, status: 'authorized' };
    case 'declines':
      return ended(intent, 'failed', method.declineCode ?? 'card_declined', at);
    case 'redirects':
      return { ...intent, wakesAt: Math.min(request.payUntil ?? at + CHECKOUT_MS, at + LONGEST_CHECKOUT_MS) };
    case 'captures_late':
      return { ...intent, status: 'processing', wakesAt: at + lateMs };
  }
}

/** What time alone makes of it. Every other decision is about the intent as it is then. */
export function wake(intent: Intent, at: EpochMs): Intent {
  if (intent.wakesAt === undefined || at < intent.wakesAt) return intent;
  return intent.status === 'processing' ? paid(intent, at) : ended(intent, 'canceled', 'expired', at);
}

/** The customer answers on the hosted page; an answer after the first one changes nothing. */
export function answer(intent: Intent, outcome: 'approve' | 'decline', at: EpochMs): Intent {
  if (intent.status !== 'requires_action') return intent;
  return outcome === 'approve' ? paid(intent, at) : ended(intent, 'failed', 'card_declined', at);
}

/** Refuses with `not_capturable`. */
export function capture(intent: Intent, at: EpochMs): Intent {
  if (intent.status === 'captured') return intent;
  if (intent.status !== 'authorized') throw new Refusal('not_capturable', `the intent is ${intent.status}`, intent);
  return captured(intent, at);
}

/** Refuses with `not_cancelable`; also what is processing: the bank cannot be stopped any more. */
export function cancel(intent: Intent, at: EpochMs): Intent {
  if (intent.status === 'canceled') return intent;
  if (intent.status !== 'requires_action' && intent.status !== 'authorized')
    throw new Refusal('not_cancelable', `the intent is ${intent.status}`, intent);
  return ended(intent, 'canceled', 'canceled', at);
}

const paid = (intent: Intent, at: EpochMs): Intent =>
  intent.request.captureLater === true && intent.status !== 'processing'
    ? { ...asleep(intent), status: 'authorized', updatedAt: at }
    : captured(intent, at);

const captured = (intent: Intent, at: EpochMs): Intent => ({
  ...asleep(intent),
  status: 'captured',
  captured: intent.request.amount,
  updatedAt: at,
});

const ended = (intent: Intent, status: 'failed' | 'canceled', reasonCode: IntentReason, at: EpochMs): Intent => ({
  ...asleep(intent),
  status,
  reasonCode,
  updatedAt: at,
});

function asleep(intent: Intent): Intent {
  const { wakesAt: _, ...rest } = intent;
  return rest;
}

/** Whether a repeated idempotency key came with the request that it was first used for. */
export const asksTheSame = (a: IntentRequest, b: IntentRequest): boolean =>
  a.paymentId === b.paymentId &&
  a.orderId === b.orderId &&
  a.amount === b.amount &&
  a.currency === b.currency &&
  a.method === b.method &&
  a.returnUrl === b.returnUrl &&
  a.captureLater === b.captureLater &&
  a.payUntil === b.payUntil;
