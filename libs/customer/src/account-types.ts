import type { AggregateType } from '@tillroll/processing';
import { account } from './write/account';
import type { AccountCommand } from './write/account-commands';
import type { AccountEvent } from './write/account-events';
import type { Account } from './write/account-state';
import { emailClaim, type EmailClaim, type EmailClaimCommand, type EmailClaimEvent } from './write/email-claim';

export const accountType: AggregateType<Account, AccountCommand, AccountEvent> = {
  name: 'customer',
  decider: account,
  snapshot: { version: 2, encode: (state) => state, decode: (json) => json as Account },
};

/** Without snapshots: the stream is truncated when its customer is forgotten. */
export const emailClaimType: AggregateType<EmailClaim, EmailClaimCommand, EmailClaimEvent> = { name: 'account-email', decider: emailClaim };
