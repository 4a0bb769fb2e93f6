import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { notFound, type PageAnswer, pageAnswer, type PageRequest } from '@tillroll/http';
import { AGGREGATES, type Aggregates } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData } from '@tillroll/secrets';
import { accountType } from '../account-types';
import type { Account, KeptAddress } from '../write/account-state';
import { Accounts } from './accounts';
import type { Address, AddressResource, MeResource, Shown } from './customer-resources';

export class GetMe extends Query<Shown<MeResource>> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(GetMe)
export class GetMeHandler implements IQueryHandler<GetMe, Shown<MeResource>> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(Accounts) private readonly accounts: Accounts,
  ) {}

  async execute({ customerId }: GetMe): Promise<Shown<MeResource>> {
    const { state, revision } = await this.aggregates.load(accountType, customerId);
    const known = presentOf(state);
    const person = known === undefined ? undefined : await this.accounts.personOf(known);
    return { resource: { customerId, ...person }, revision };
  }
}

export class ListAddresses extends Query<PageAnswer<AddressResource>> {
  constructor(
    readonly customerId: string,
    readonly page: PageRequest,
  ) {
    super();
  }
}

/** Newest first. */
@QueryHandler(ListAddresses)
export class ListAddressesHandler implements IQueryHandler<ListAddresses, PageAnswer<AddressResource>> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async execute({ customerId, page }: ListAddresses): Promise<PageAnswer<AddressResource>> {
    const { state } = await this.aggregates.load(accountType, customerId);
    const { limit, after } = page;
    const kept = Object.entries(presentOf(state)?.addresses ?? {})
      .filter(([, { number }]) => after === undefined || number < Number(after.value))
      .sort(([, a], [, b]) => b.number - a.number)
      .slice(0, limit + 1);
    const found = await Promise.all(
      kept.map(async ([id, { number, sealed }]) => ({ id, document: { number, ...(await this.personalData.unseal<Address>(customerId, sealed)) } })),
    );
    return pageAnswer(page, found, 'number', ({ number: _, ...address }, addressId) => ({ addressId, ...(address as Address) }));
  }
}

export class GetAddress extends Query<Shown<AddressResource>> {
  constructor(
    readonly customerId: string,
    readonly addressId: string,
  ) {
    super();
  }
}

@QueryHandler(GetAddress)
export class GetAddressHandler implements IQueryHandler<GetAddress, Shown<AddressResource>> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async execute({ customerId, addressId }: GetAddress): Promise<Shown<AddressResource>> {
    const { state } = await this.aggregates.load(accountType, customerId);
    const { sealed, changes }: KeptAddress = presentOf(state)?.addresses[addressId] ?? notFound();
    const address = (await this.personalData.unseal<Address>(customerId, sealed)) ?? notFound();
    return { resource: { addressId, ...address }, revision: changes };
  }
}

/** Undefined for a customer who signs in elsewhere and has kept nothing here yet; one who asked to be forgotten has nothing. */
function presentOf(state: Account) {
  if (state.status === 'none') return undefined;
  return state.status === 'open' ? state : notFound();
}
