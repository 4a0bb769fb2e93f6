import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import { type Clock, DomainError, refuse, uuid5, uuid7 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData, SECRETS, type SecretStore } from '@tillroll/secrets';
import { accountType, emailClaimType } from '../account-types';
import { isOpen, type KnownAccount } from '../write/account-state';
import { EmailIndex } from './email-index';
import { hashPassword, isPassword } from './passwords';

export interface Person {
  readonly email: string;
  readonly name: string;
}

/** Sealed with the customer's key, so that what leads from the account to the e-mail address goes with the key. */
interface Credential {
  readonly passwordHash: string;
  /** Where the e-mail address is claimed. */
  readonly emailPlace: string;
}

/** What is done to the claim is a command of its own: events of two streams must not have one id. */
const aboutEmail = (cause: Cause): Cause => ({ ...cause, commandId: uuid5(cause.commandId, 'email') });

/** Opening, finding and ending accounts. An e-mail address belongs to one account: claimed in a stream of its own first. */
@Injectable()
export class Accounts {
  private readonly emails: EmailIndex;

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
    @Inject(SECRETS) secrets: SecretStore,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.emails = new EmailIndex(secrets);
  }

  /** Resolves with the customer id; refuses with `already_exists` when the address belongs to an account. */
  async open({ email, name }: Person, password: string, roles: readonly string[], cause: Cause): Promise<string> {
    const emailPlace = await this.emails.placeOf(email);
    const customerId = await this.claim(emailPlace, aboutEmail(cause));
    const credential: Credential = { passwordHash: await hashPassword(password), emailPlace };
    const personal = await this.personalData.seal(customerId, { email, name } satisfies Person);
    const sealed = await this.personalData.seal(customerId, credential);
    await this.aggregates.execute(accountType, customerId, { type: 'OpenAccount', customerId, personal, credential: sealed, roles }, cause);
    return customerId;
  }

  async isTaken(email: string): Promise<boolean> {
    return (await this.findOpen(email)) !== undefined;
  }

  /** The account, when it is open and the password is its own. Takes the same time when there is no such account. */
  async signIn(email: string, password: string): Promise<KnownAccount | undefined> {
    const found = await this.findOpen(email);
    const credential = found === undefined ? undefined : await this.credentialOf(found);
    return (await isPassword(password, credential?.passwordHash)) ? found : undefined;
  }

  /** Undefined for a customer who signs in elsewhere. */
  async personOf({ customerId, identity }: KnownAccount): Promise<Person | undefined> {
    return identity === undefined ? undefined : this.personalData.unseal<Person>(customerId, identity.personal);
  }

  /**
   * Destroys what is known of a customer who asked for it: the e-mail address can be claimed by others, then the key
   * goes. Idempotent; what a crash left undone a second call does.
   */
  async forget(customerId: string, cause: Cause): Promise<void> {
    const { state } = await this.aggregates.load(accountType, customerId);
    if (state.status !== 'forgetting') return;
    const credential = await this.credentialOf(state);
    if (credential !== undefined) await this.releaseEmail(credential.emailPlace, customerId, aboutEmail(cause));
    await this.personalData.forget(customerId);
    await this.aggregates.execute(accountType, customerId, { type: 'ConfirmForgotten', customerId }, cause);
  }

  /** Truncates rather than deletes: somebody else may claim the address meanwhile, and that claim must stay. */
  private async releaseEmail(place: string, customerId: string, cause: Cause): Promise<void> {
    const { revision } = await this.aggregates.execute(emailClaimType, place, { type: 'ReleaseEmail', customerId }, cause);
    await this.store.truncateStream(`${emailClaimType.name}-${place}`, revision);
  }

  /** A claim whose account was never opened (a crash in between) is taken over with its customer id. */
  private async claim(place: string, cause: Cause): Promise<string> {
    const { state: claim } = await this.aggregates.execute(emailClaimType, place, { type: 'ClaimEmail', customerId: uuid7(this.clock.now()) }, cause);
    if (claim.customerId === undefined) throw new DomainError('conflict');
    const { state } = await this.aggregates.load(accountType, claim.customerId);
    return state.status === 'none' ? claim.customerId : refuse('already_exists', { field: 'email' });
  }

  private async findOpen(email: string): Promise<KnownAccount | undefined> {
    const { state: claim } = await this.aggregates.load(emailClaimType, await this.emails.placeOf(email));
    if (claim.customerId === undefined) return undefined;
    const { state } = await this.aggregates.load(accountType, claim.customerId);
    return isOpen(state) ? state : undefined;
  }

  private async credentialOf({ customerId, identity }: KnownAccount): Promise<Credential | undefined> {
    return identity === undefined ? undefined : this.personalData.unseal<Credential>(customerId, identity.credential);
  }
}
