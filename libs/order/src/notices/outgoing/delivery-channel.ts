import type { Failure, ScheduledDelivery } from '../write/delivery';

/** The recipient took it, or why not. */
export type AttemptOutcome = { readonly taken: true; readonly responseStatus?: number } | ({ readonly taken: false } & Failure);

/** One way to tell somebody outside. */
export interface DeliveryChannel {
  /** One attempt. Rejects only when the signal aborts; then nothing is known. */
  attempt(delivery: ScheduledDelivery, signal: AbortSignal): Promise<AttemptOutcome>;
  close(): Promise<void>;
}
