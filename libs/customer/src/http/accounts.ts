import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import { type Clock, refuse, uuid7 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData, SECRETS, type SecretStore } from '@tillroll/secrets';
import { accountType, emailClaimType } from '../account-types';
import type { Account } from '../write/account';
import { hashPassword, isPassword } from './passwords';

export interface Person {
  readonly email: string;
  readonly name: string;
}

/** Beside the password's hash, the key under which the e-mail address was claimed: readable until the customer is forgotten. */
interface Credential {
  readonly passwordHash: string;
  readonly emailKey: string;
}

type OpenAccount = Exclude<Account, { status: 'none' }>;

/** Opening, finding and ending accounts. Only here is personal data readable. */
@Injectable()
export class Accounts {
  private indexKey: Promise<Buffer> | undefined;

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
    @Inject(SECRETS) private readonly secrets: SecretStore,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves with the customer id; refuses with `already_exists` when the address belongs to an account. */
  async open({ email, name }: Person, password: string, roles: readonly string[], cause: Cause): Promise<string> {
    const emailKey = await this.emailKey(email);
    const customerId = await this.claim(emailKey, cause);
    const credential: Credential = { passwordHash: await hashPassword(password), emailKey };
    await this.aggregates.execute(
      accountType,
      customerId,
      {
        type: 'OpenAccount',
        customerId,
        personal: await this.personalData.seal(customerId, { email, name }),
        credential: await this.personalData.seal(customerId, credential),
        roles,
      },
      cause,
    );
    return customerId;
  }

  /** The account, when address and password are its own; takes the same time when they are not. */
  async signIn(email: string, password: string): Promise<OpenAccount | undefined> {
    const account = await this.findOpen(email);
    const credential = account === undefined ? undefined : await this.credentialOf(account);
    return (await isPassword(password, credential?.passwordHash)) ? account : undefined;
  }

  async personOf(account: OpenAccount): Promise<Person | undefined> {
    return this.personalData.unseal<Person>(account.customerId, account.personal);
  }

  /** The present account; refuses with `not_found` unless it is open. */
  async load(customerId: string): Promise<{ readonly account: OpenAccount; readonly revision: number }> {
    const { state, revision } = await this.aggregates.load(accountType, customerId);
    return state.status === 'open' ? { account: state, revision } : refuse('not_found');
  }

  /**
   * Destroys what is known of the customer: the e-mail address can be used again, then the key goes. Idempotent; a
   * crash in between leaves nothing that a second call would not finish.
   */
  async forget(customerId: string, cause: Cause): Promise<void> {
    const { state } = await this.aggregates.load(accountType, customerId);
    if (state.status !== 'forgetting') return;
    const credential = await this.credentialOf(state);
    if (credential !== undefined) {
      await this.aggregates.execute(emailClaimType, credential.emailKey, { type: 'ReleaseEmail', customerId }, cause);
      await this.store.deleteStream(`${emailClaimType.name}-${credential.emailKey}`);
    }
    await this.personalData.forget(customerId);
    await this.aggregates.execute(accountType, customerId, { type: 'ConfirmForgotten' }, cause);
  }

  /** A claim whose account was never opened (a crash in between) is taken over with its customer id. */
  private async claim(emailKey: string, cause: Cause): Promise<string> {
    const command = { type: 'ClaimEmail', customerId: uuid7(this.clock.now()) } as const;
    const { customerId } = (await this.aggregates.execute(emailClaimType, emailKey, command, cause)).state;
    if (customerId === undefined) return refuse('conflict');
    const { state } = await this.aggregates.load(accountType, customerId);
    return state.status === 'none' ? customerId : refuse('already_exists', { field: 'email' });
  }

  private async findOpen(email: string): Promise<OpenAccount | undefined> {
    const { state: claim } = await this.aggregates.load(emailClaimType, await this.emailKey(email));
    if (claim.customerId === undefined) return undefined;
    const { state } = await this.aggregates.load(accountType, claim.customerId);
    return state.status === 'open' ? state : undefined;
  }

  private credentialOf(account: OpenAccount): Promise<Credential | undefined> {
    return this.personalData.unseal<Credential>(account.customerId, account.credential);
  }

  private async emailKey(email: string): Promise<string> {
    this.indexKey ??= this.secrets.putIfAbsent('email-index', randomBytes(32));
    return createHmac('sha256', await this.indexKey).update(email.trim().toLowerCase()).digest('hex');
  }
}
