import { Module } from '@nestjs/common';
import { REVOKED_CUSTOMERS } from '@tillroll/http';
import { Accounts } from './http/accounts';
import { AccountsController } from './http/accounts.controller';
import { MeController } from './http/me.controller';
import { Revocations } from './http/revocations';
import { Forgetting } from './reactors/forgetting';

@Module({
  controllers: [AccountsController, MeController, Forgetting],
  providers: [Accounts, Revocations, { provide: REVOKED_CUSTOMERS, useExisting: Revocations }],
  exports: [Accounts, REVOKED_CUSTOMERS],
})
export class CustomerModule {}
