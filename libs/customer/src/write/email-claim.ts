import type { Decider } from '@tillroll/kernel';

/** Which account has an e-mail address. The stream's name is a keyed hash of the address; it is deleted with the account. */
export type EmailClaim = { readonly customerId: string | undefined };

export type EmailClaimCommand = { readonly type: 'ClaimEmail'; readonly customerId: string } | { readonly type: 'ReleaseEmail'; readonly customerId: string };

export type EmailClaimEvent = { readonly type: 'EmailClaimed'; readonly customerId: string } | { readonly type: 'EmailReleased'; readonly customerId: string };

export const emailClaim: Decider<EmailClaim, EmailClaimCommand, EmailClaimEvent> = {
  initialState: { customerId: undefined },

  decide(claim, command) {
    if (command.type === 'ClaimEmail') return claim.customerId === undefined ? [{ type: 'EmailClaimed', customerId: command.customerId }] : [];
    return claim.customerId === command.customerId ? [{ type: 'EmailReleased', customerId: command.customerId }] : [];
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
