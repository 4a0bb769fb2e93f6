import { given } from '@tillroll/testing';
import { ATTEMPT_LEASE_MS, delivery, type DeliveryEvent, type Errand, RETRY_AFTER_MS } from './delivery';

const NOON = Date.parse('2030-01-01T12:00:00.000Z');
const after = (ms: number) => new Date(NOON + ms).toISOString();
const errand: Errand = { deliveryId: 'd1', channel: 'webhook', recipient: 'e1', eventId: 'v1', eventType: 'order-confirmed', correlationId: 'c1', content: { type: 'order-confirmed' } };
const schedule = { type: 'ScheduleDelivery', at: NOON, ...errand } as const;
const scheduled: DeliveryEvent = { type: 'DeliveryScheduled', ...errand, nextAttemptAt: after(ATTEMPT_LEASE_MS) };
const succeeded: DeliveryEvent = { type: 'DeliverySucceeded', deliveryId: 'd1', responseStatus: 200 };
const refused = { type: 'RecordFailure', reason: 'status', responseStatus: 500, at: NOON } as const;
const attemptFailed = (failures: number): DeliveryEvent => ({
  type: 'DeliveryAttemptFailed', deliveryId: 'd1', reason: 'status', responseStatus: 500, failures, nextAttemptAt: after(RETRY_AFTER_MS[failures - 1] ?? 0),
});
const givenUp: DeliveryEvent = { type: 'DeliveryFailed', deliveryId: 'd1', reason: 'status', responseStatus: 500, failures: 8 };

describe('a delivery', () => {
  it('is scheduled once, however often history is replayed', () => {
    given(delivery).when(schedule).then(scheduled);
    given(delivery, [scheduled]).when(schedule).thenNothing();
    given(delivery, [scheduled, succeeded]).when(schedule).thenNothing();
    given(delivery, [scheduled, givenUp]).when(schedule).thenNothing();
  });

  it('is attempted again when nothing was heard of an attempt', () => {
    const pending = given(delivery, [scheduled]);
    pending.when({ type: 'BeginAttempt', at: NOON + ATTEMPT_LEASE_MS - 1 }).thenNothing();
    pending
      .when({ type: 'BeginAttempt', at: NOON + ATTEMPT_LEASE_MS })
      .then({ type: 'DeliveryAttemptBegun', deliveryId: 'd1', nextAttemptAt: after(2 * ATTEMPT_LEASE_MS) });
    given(delivery, [scheduled, succeeded]).when({ type: 'BeginAttempt', at: NOON + ATTEMPT_LEASE_MS }).thenNothing();
  });

  it('succeeds once', () => {
    given(delivery, [scheduled]).when({ type: 'RecordSuccess', responseStatus: 200 }).then(succeeded);
    given(delivery, [scheduled, succeeded]).when({ type: 'RecordSuccess', responseStatus: 200 }).thenNothing();
  });

  it('is repeated after longer and longer waits, and then given up', () => {
    const history: DeliveryEvent[] = [scheduled];
    for (let failures = 1; failures <= RETRY_AFTER_MS.length; failures++) {
      given(delivery, history).when(refused).then(attemptFailed(failures));
      history.push(attemptFailed(failures));
    }
    given(delivery, history).when(refused).then(givenUp);
  });

  it('is given up at once when trying again cannot help', () =>
    given(delivery, [scheduled])
      .when({ type: 'RecordFailure', reason: 'endpoint_removed', permanent: true, at: NOON })
      .then({ type: 'DeliveryFailed', deliveryId: 'd1', reason: 'endpoint_removed', failures: 1 }));

  it('is not undone by what is heard late', () => {
    given(delivery, [scheduled, succeeded]).when(refused).thenNothing();
    given(delivery, [scheduled, givenUp]).when({ type: 'RecordSuccess', responseStatus: 200 }).then(succeeded);
  });

  it('begins anew when an admin asks for it', () => {
    const retried: DeliveryEvent = { type: 'DeliveryRetryRequested', deliveryId: 'd1', nextAttemptAt: after(ATTEMPT_LEASE_MS) };
    given(delivery, [scheduled, givenUp]).when({ type: 'RetryDelivery', at: NOON }).then(retried);
    given(delivery, [scheduled, succeeded]).when({ type: 'RetryDelivery', at: NOON }).then(retried);
    given(delivery, [scheduled, givenUp, retried]).when(refused).then(attemptFailed(1));
    given(delivery).when({ type: 'RetryDelivery', at: NOON }).thenRefused('not_found');
  });
});
