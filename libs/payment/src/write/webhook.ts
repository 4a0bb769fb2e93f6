import { type Decider, type EpochMs, refuse, toTimestamp, unreachable } from '@tillroll/kernel';
import type { GatewayNotification } from '../gateway/port';

export type DeferralReason = 'unknown_payment' | 'unanswered';

interface OfWebhook {
  readonly provider: string;
  readonly eventId: string;
}

export type WebhookEvent =
  | (OfWebhook & {
      readonly type: 'WebhookReceived';
      /** The provider's own word. */
      readonly webhookType: string;
      /** The provider's id of what it tells of; empty when it tells of nothing that this shop acts on. */
      readonly reference: string;
      readonly paymentId?: string;
      readonly receivedAt: string;
      readonly payload: GatewayNotification;
    })
  | (OfWebhook & { readonly type: 'WebhookDeferred'; readonly reason: DeferralReason; readonly attempts: number; readonly nextAttemptAt: string })
  | (OfWebhook & { readonly type: 'WebhookFollowed' })
  | (OfWebhook & { readonly type: 'WebhookGivenUp'; readonly paymentId: string });

export type WebhookCommand =
  | { readonly type: 'ReceiveWebhook'; readonly notification: GatewayNotification; readonly at: EpochMs }
  /** What it tells of was looked up. */
  | { readonly type: 'RecordWebhookFollowed' }
  | { readonly type: 'DeferWebhook'; readonly reason: DeferralReason; readonly at: EpochMs };

export interface KnownWebhook {
  readonly status: 'received' | 'followed' | 'given_up';
  readonly notification: GatewayNotification;
  readonly attempts: number;
}

export type Webhook = { readonly status: 'none' } | KnownWebhook;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** For the first failed attempt, the second, …; then hourly. */
const TRY_AGAIN_AFTER = [2 * SECOND, 10 * SECOND, 1 * MINUTE, 5 * MINUTE, 30 * MINUTE];
/** Payments are stored before the provider hears of them: one that is missing for three days never was this shop's. */
const ATTEMPTS_FOR_UNKNOWN_PAYMENT = TRY_AGAIN_AFTER.length + 72;

export const webhook: Decider<Webhook, WebhookCommand, WebhookEvent> = {
  initialState: { status: 'none' },

  decide(state, command) {
    switch (command.type) {
      case 'ReceiveWebhook':
        return state.status === 'none' ? [received(command)] : [];
      case 'RecordWebhookFollowed':
        return state.status === 'none' ? refuse('not_found') : followed(state);
      case 'DeferWebhook':
        return state.status === 'none' ? refuse('not_found') : deferred(state, command);
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'WebhookReceived':
        return { status: 'received', notification: event.payload, attempts: 0 };
      case 'WebhookDeferred':
        return state.status === 'none' ? state : { ...state, attempts: event.attempts };
      case 'WebhookFollowed':
        return state.status === 'none' ? state : { ...state, status: 'followed' };
      case 'WebhookGivenUp':
        return state.status === 'none' ? state : { ...state, status: 'given_up' };
      default:
        return state;
    }
  },
};

function received({ notification, at }: Extract<WebhookCommand, { type: 'ReceiveWebhook' }>): WebhookEvent {
  const { provider, eventId, type: webhookType } = notification;
  const paymentId = paymentIdIn(notification);
  return {
    type: 'WebhookReceived',
    provider,
    eventId,
    webhookType,
    reference: referenceIn(notification),
    ...(paymentId === undefined ? {} : { paymentId }),
    receivedAt: toTimestamp(at),
    payload: notification,
  };
}

/** Only what was put off has a deadline that must end: most webhooks are followed at once and need no second event. */
function followed({ status, attempts, notification: { provider, eventId } }: KnownWebhook): readonly WebhookEvent[] {
  return status === 'received' && attempts > 0 ? [{ type: 'WebhookFollowed', provider, eventId }] : [];
}

function deferred(state: KnownWebhook, { reason, at }: Extract<WebhookCommand, { type: 'DeferWebhook' }>): readonly WebhookEvent[] {
  if (state.status !== 'received') return [];
  const { provider, eventId } = state.notification;
  const attempts = state.attempts + 1;
  if (reason === 'unknown_payment' && attempts > ATTEMPTS_FOR_UNKNOWN_PAYMENT)
    return [{ type: 'WebhookGivenUp', provider, eventId, paymentId: paymentIdIn(state.notification) ?? '' }];
  return [{ type: 'WebhookDeferred', provider, eventId, reason, attempts, nextAttemptAt: toTimestamp(at + (TRY_AGAIN_AFTER[attempts - 1] ?? HOUR)) }];
}

function referenceIn(notification: GatewayNotification): string {
  switch (notification.about) {
    case 'intent':
      return notification.intent.reference;
    case 'refund':
      return notification.refund.reference;
    case 'other':
      return '';
  }
}

export function paymentIdIn(notification: GatewayNotification): string | undefined {
  switch (notification.about) {
    case 'intent':
      return notification.intent.paymentId;
    case 'refund':
      return notification.refund.paymentId;
    case 'other':
      return undefined;
  }
}

/** The provider's id of the intent that the message tells of, directly or by a refund of it. */
export function intentReferenceIn(notification: GatewayNotification): string | undefined {
  switch (notification.about) {
    case 'intent':
      return notification.intent.reference;
    case 'refund':
      return notification.refund.intentReference;
    case 'other':
      return undefined;
  }
}
