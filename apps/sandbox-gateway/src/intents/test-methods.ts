/** What a payment method of the sandbox does when an intent is created with it. */
export type Behaviour = 'captures' | 'declines' | 'redirects' | 'authorizes' | 'captures_late';

export type DeclineCode = 'card_declined' | 'insufficient_funds';

export interface TestMethod {
  readonly behaviour: Behaviour;
  /** With `declines`. */
  readonly declineCode?: DeclineCode;
  readonly refundsFail?: true;
  /** For the customer to read. */
  readonly description: string;
}

/** Cards that do not exist, each with one outcome, so that every way a payment can end can be tried out. */
export const testMethods: ReadonlyMap<string, TestMethod> = new Map<string, TestMethod>([
  ['card_ok', { behaviour: 'captures', description: 'is captured at once' }],
  ['card_declined', { behaviour: 'declines', declineCode: 'card_declined', description: 'is declined' }],
  ['card_insufficient_funds', { behaviour: 'declines', declineCode: 'insufficient_funds', description: 'is declined for lack of funds' }],
  ['card_redirect', { behaviour: 'redirects', description: 'asks the customer on a page of the provider' }],
  ['card_authorize', { behaviour: 'authorizes', description: 'is reserved, and captured on request' }],
  ['card_late_success', { behaviour: 'captures_late', description: 'is captured some time later' }],
  ['card_refund_fails', { behaviour: 'captures', refundsFail: true, description: 'is captured at once, but never refunded' }],
]);
