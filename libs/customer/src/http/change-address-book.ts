import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { notFound } from '@tillroll/http';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData } from '@tillroll/secrets';
import { accountType } from '../account-types';
import type { AccountCommand } from '../write/account-commands';
import type { Address, AddressResource, Shown } from './customer-resources';

/** Adds an address, or replaces one. */
export class KeepAddress extends Command<Shown<AddressResource>> {
  constructor(
    readonly type: 'AddAddress' | 'ChangeAddress',
    readonly customerId: string,
    readonly addressId: string,
    readonly address: Address,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(KeepAddress)
export class KeepAddressHandler implements ICommandHandler<KeepAddress, Shown<AddressResource>> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async execute({ type, customerId, addressId, address, cause }: KeepAddress): Promise<Shown<AddressResource>> {
    const command: AccountCommand = { type, customerId, addressId, address: await this.seal(customerId, address) };
    const { state } = await this.aggregates.execute(accountType, customerId, command, cause);
    const kept = state.status === 'none' ? undefined : state.addresses[addressId];
    return { resource: { addressId, ...address }, revision: kept?.changes ?? 0 };
  }

  /** A customer who is forgotten while the request runs has nothing any more. */
  private async seal(customerId: string, address: Address): Promise<string> {
    try {
      return await this.personalData.seal(customerId, address);
    } catch (error) {
      return error instanceof TypeError ? notFound() : Promise.reject(error);
    }
  }
}

export class RemoveAddress extends Command<void> {
  constructor(
    readonly customerId: string,
    readonly addressId: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(RemoveAddress)
export class RemoveAddressHandler implements ICommandHandler<RemoveAddress, void> {
  constructor(@Inject(AGGREGATES) private readonly aggregates: Aggregates) {}

  async execute({ customerId, addressId, cause }: RemoveAddress): Promise<void> {
    await this.aggregates.execute(accountType, customerId, { type: 'RemoveAddress', customerId, addressId }, cause);
  }
}
