/** A customer's account. Everything personal in it is sealed: this code cannot read it. */
export type Account = { readonly status: 'none' } | KnownAccount;

export interface KnownAccount {
  readonly status: 'open' | 'forgetting' | 'forgotten';
  readonly customerId: string;
  /** None for a customer who signs in elsewhere, and once the customer is forgotten. */
  readonly identity?: Identity;
  readonly roles: readonly string[];
  readonly addresses: Readonly<Record<string, KeptAddress>>;
  /** How many addresses were ever added. */
  readonly added: number;
}

export interface Identity {
  /** Sealed e-mail address and name. */
  readonly personal: string;
  /** Sealed password hash, and how the e-mail address is found. */
  readonly credential: string;
}

export interface KeptAddress {
  readonly sealed: string;
  /** Its place in the order of adding. */
  readonly number: number;
  /** How often it was changed. */
  readonly changes: number;
}

export const isOpen = (account: Account): account is KnownAccount => account.status === 'open';
