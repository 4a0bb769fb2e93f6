import { given } from '@tillroll/testing';
import type { GatewayNotification } from '../gateway/port';
import { at, ids, intent, reference, T0 } from './payment.examples';
import { webhook, type WebhookEvent } from './webhook';

const of = { provider: 'sandbox', eventId: 'msg_1' };
const payload: GatewayNotification = { ...of, type: 'intent.captured', time: at(1), about: 'intent', intent: intent() };
const received: WebhookEvent = { type: 'WebhookReceived', ...of, webhookType: 'intent.captured', reference, paymentId: ids.paymentId, receivedAt: at(0), payload };
const receive = { type: 'ReceiveWebhook', notification: payload, at: T0 } as const;
const deferred = (attempts: number, seconds: number, reason: 'unknown_payment' | 'unanswered' = 'unknown_payment'): WebhookEvent => ({
  type: 'WebhookDeferred',
  ...of,
  reason,
  attempts,
  nextAttemptAt: at(seconds),
});
const defer = (reason: 'unknown_payment' | 'unanswered') => ({ type: 'DeferWebhook', reason, at: T0 }) as const;

describe('a webhook', () => {
  it('is recorded with what it tells of', () => given(webhook).when(receive).then(received));
  it('is recorded once, however often it comes', () => given(webhook, [received]).when(receive).thenNothing());
  it('is recorded also when this shop does not act on it', () => {
    const other: GatewayNotification = { ...of, type: 'account.updated', time: at(1), about: 'other' };
    given(webhook)
      .when({ type: 'ReceiveWebhook', notification: other, at: T0 })
      .then({ type: 'WebhookReceived', ...of, webhookType: 'account.updated', reference: '', receivedAt: at(0), payload: other });
  });
});

describe('a webhook that comes before its payment', () => {
  it('is tried again, quickly at first', () => {
    const history: WebhookEvent[] = [received];
    for (const [index, seconds] of [2, 10, 60, 300, 1_800, 3_600].entries()) {
      given(webhook, history).when(defer('unknown_payment')).then(deferred(index + 1, seconds));
      history.push(deferred(index + 1, seconds));
    }
  });
  it('says when it was followed in the end, so that it is not tried again', () => {
    given(webhook, [received, deferred(1, 2)]).when({ type: 'RecordWebhookFollowed' }).then({ type: 'WebhookFollowed', ...of });
    given(webhook, [received, deferred(1, 2), { type: 'WebhookFollowed', ...of }]).when(defer('unanswered')).thenNothing();
  });
  it('says nothing when it was followed at once', () => given(webhook, [received]).when({ type: 'RecordWebhookFollowed' }).thenNothing());
  it('is given up after three days', () =>
    given(webhook, [received, deferred(77, 3_600)])
      .when(defer('unknown_payment'))
      .then({ type: 'WebhookGivenUp', ...of, paymentId: ids.paymentId }));
  it('is never given up while the provider does not answer', () =>
    given(webhook, [received, deferred(500, 3_600)]).when(defer('unanswered')).then(deferred(501, 3_600, 'unanswered')));
});
