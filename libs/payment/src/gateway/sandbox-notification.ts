import { type EpochMs, toTimestamp } from '@tillroll/kernel';
import type { GatewayNotification } from './port';
import { fieldsOf, readIntent, readRefund, text, UnreadableAnswer } from './sandbox-objects';

const PROVIDER = 'sandbox';

/** The meaning of a genuine message. One that cannot be read is about nothing that the shop acts on. */
export function readNotification(eventId: string, body: Buffer, receivedAt: EpochMs): GatewayNotification {
  try {
    const fields = fieldsOf(JSON.parse(body.toString()));
    const type = text(fields, 'type');
    const message = { provider: PROVIDER, eventId, type, time: text(fields, 'timestamp') };
    if (type.startsWith('intent.')) return { ...message, about: 'intent', intent: readIntent(fields.data) };
    if (type.startsWith('refund.')) return { ...message, about: 'refund', refund: readRefund(fields.data) };
    return { ...message, about: 'other' };
  } catch (error) {
    if (error instanceof UnreadableAnswer || error instanceof SyntaxError)
      return { provider: PROVIDER, eventId, type: 'unreadable', time: toTimestamp(receivedAt), about: 'other' };
    throw error;
  }
}
