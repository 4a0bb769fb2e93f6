import { given } from '@tillroll/testing';
import { emailClaim, type EmailClaimCommand, type EmailClaimEvent } from './email-claim';

const claim = (customerId: string): EmailClaimCommand => ({ type: 'ClaimEmail', customerId });
const release = (customerId: string): EmailClaimCommand => ({ type: 'ReleaseEmail', customerId });
const claimed = (customerId: string): EmailClaimEvent => ({ type: 'EmailClaimed', customerId });
const released: EmailClaimEvent = { type: 'EmailReleased' };

describe('an e-mail address', () => {
  it('belongs to the first who claims it', () => {
    given(emailClaim).when(claim('ada')).then(claimed('ada'));
    given(emailClaim, [claimed('ada')]).when(claim('bob')).thenNothing();
  });

  it('is released by its owner only', () => {
    given(emailClaim, [claimed('ada')]).when(release('bob')).thenNothing();
    given(emailClaim, [claimed('ada')]).when(release('ada')).then(released);
    given(emailClaim).when(release('ada')).thenNothing();
  });

  it('can be claimed again once it was released, also when only the release is left', () => {
    given(emailClaim, [claimed('ada'), released]).when(claim('bob')).then(claimed('bob'));
    given(emailClaim, [released]).when(claim('bob')).then(claimed('bob'));
  });

  it('stays with its new owner when the old one releases it late', () => given(emailClaim, [claimed('ada'), released, claimed('bob')]).when(release('ada')).thenNothing());
});
