import type { Decider } from '@tillroll/kernel';

/** Which account has an e-mail address; undefined: none. The stream's name is a keyed hash of the address. */
export type EmailClaim = { readonly customerId: string | undefined };

export type EmailClaimCommand = { readonly type: 'ClaimEmail' | 'ReleaseEmail'; readonly customerId: string };

/** A release names nobody: it is all that is left in the stream once a customer is forgotten. */
export type EmailClaimEvent = { readonly type: 'EmailClaimed'; readonly customerId: string } | { readonly type: 'EmailReleased' };

export const emailClaim: Decider<EmailClaim, EmailClaimCommand, EmailClaimEvent> = {
  initialState: { customerId: undefined },

  decide(claim, { type, customerId }) {
    if (type === 'ClaimEmail') return claim.customerId === undefined ? [{ type: 'EmailClaimed', customerId }] : [];
    return claim.customerId === customerId ? [{ type: 'EmailReleased' }] : [];
  },

  evolve(claim, event) {
    switch (event.type) {
      case 'EmailClaimed':
        return { customerId: event.customerId };
      case 'EmailReleased':
        return { customerId: undefined };
      default:
        return claim;
    }
  },
};
