import type { EpochMs } from '@tillroll/kernel';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The provider is asked about what it has not told 1, 5 and 30 minutes after the last news, then hourly. */
const UNTOLD = [1 * MINUTE, 4 * MINUTE, 25 * MINUTE];
/** A call that was not answered is repeated soon and later seldom. */
const UNANSWERED = [2 * SECOND, 10 * SECOND, 1 * MINUTE, 5 * MINUTE, 30 * MINUTE];
/** While a customer waits for a payment to begin. */
const LONGEST_FOR_A_WAITING_CUSTOMER = 30 * SECOND;

/** After any news. */
export const firstCheckAt = (at: EpochMs): EpochMs => at + (UNTOLD[0] ?? HOUR);

/** `before`: how many checks since the last news brought none. */
export const nextCheckAfterSilence = (before: number, at: EpochMs): EpochMs => at + (UNTOLD[before + 1] ?? HOUR);

/** `before`: how many calls in a row were not answered, this one not counted. */
export const nextCallAfterOutage = (before: number, at: EpochMs): EpochMs => at + (UNANSWERED[before] ?? HOUR);

/** The same while the payment has not begun at the provider. */
export const nextCallForWaitingCustomer = (before: number, at: EpochMs): EpochMs =>
  Math.min(nextCallAfterOutage(before, at), at + LONGEST_FOR_A_WAITING_CUSTOMER);

/** A creation that was given up here may reach the provider later than the search that did not find it. */
export const nextSearchAt = (at: EpochMs): EpochMs => at + 10 * SECOND;
