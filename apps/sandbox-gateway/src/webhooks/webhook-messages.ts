import { type EpochMs, toTimestamp } from '@tillroll/kernel';
import { intentJson, refundJson } from '../intents/intent-json';
import type { Intent } from '../intents/intent';
import type { Refund } from '../intents/refund';

const told: ReadonlySet<string> = new Set(['authorized', 'captured', 'failed', 'canceled']);

/** The message for a change of an intent, or undefined when it reached no status that the merchant is told of. */
export function intentMessage(before: Intent | undefined, after: Intent): string | undefined {
  if (before?.status === after.status || !told.has(after.status)) return undefined;
  return message(`intent.${after.status}`, after.updatedAt, intentJson(after));
}

export const refundMessage = (refund: Refund): string => message(`refund.${refund.status}`, refund.createdAt, refundJson(refund));

const message = (type: string, at: EpochMs, data: unknown): string => JSON.stringify({ type, timestamp: toTimestamp(at), data });
