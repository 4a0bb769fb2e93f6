import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { REVOKED_CUSTOMERS } from '@tillroll/http';
import { Accounts } from './http/accounts';
import { AccountsController } from './http/accounts.controller';
import { AddressesController } from './http/addresses.controller';
import { BeginSessionHandler } from './http/begin-session';
import { KeepAddressHandler, RemoveAddressHandler } from './http/change-address-book';
import { GetAddressHandler, GetMeHandler, ListAddressesHandler } from './http/customer-queries';
import { ForgetMeHandler } from './http/forget-me';
import { MeController } from './http/me.controller';
import { OpenAccountHandler } from './http/open-account';
import { Revocations } from './http/revocations';
import { Forgetting } from './reactors/forgetting';

@Module({
  imports: [CqrsModule],
  controllers: [AccountsController, MeController, AddressesController, Forgetting],
  providers: [
    Accounts,
    Revocations,
    { provide: REVOKED_CUSTOMERS, useExisting: Revocations },
    OpenAccountHandler,
    BeginSessionHandler,
    ForgetMeHandler,
    KeepAddressHandler,
    RemoveAddressHandler,
    GetMeHandler,
    ListAddressesHandler,
    GetAddressHandler,
  ],
  exports: [Accounts, REVOKED_CUSTOMERS],
})
export class CustomerModule {}
