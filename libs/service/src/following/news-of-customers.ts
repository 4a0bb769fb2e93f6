import type { RecordedEvent } from '@tillroll/event-store';

export interface CustomerNews {
  /** They asked to be forgotten: their tokens have ended. */
  readonly revoked: (customerId: string) => void;
  /** Their key is destroyed. */
  readonly forgotten: (customerId: string) => void;
}

/** Tells what every process has to know of customers at once, whichever process they spoke to. */
export const newsOfCustomers =
  ({ revoked, forgotten }: CustomerNews) =>
  (events: readonly RecordedEvent[]): void => {
    for (const { streamId, type, data } of events) {
      if (!streamId.startsWith('customer-') || typeof data['customerId'] !== 'string') continue;
      if (type === 'ForgetRequested') revoked(data['customerId']);
      if (type === 'CustomerForgotten') forgotten(data['customerId']);
    }
  };
