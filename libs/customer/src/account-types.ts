import type { AggregateType } from '@tillroll/processing';
import { account, type Account, type AccountCommand, type AccountEvent } from './write/account';
import { emailClaim, type EmailClaim, type EmailClaimCommand, type EmailClaimEvent } from './write/email-claim';

export const accountType: AggregateType<Account, AccountCommand, AccountEvent> = {
  name: 'customer',
  decider: account,
  snapshot: { version: 1, encode: (state) => state, decode: (json) => json as Account },
};
export const emailClaimType: AggregateType<EmailClaim, EmailClaimCommand, EmailClaimEvent> = { name: 'account-email', decider: emailClaim };
