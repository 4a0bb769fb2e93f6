import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Cause } from '@tillroll/processing';
import { Accounts, type Person } from './accounts';

/** Answers with the customer id. */
export class OpenAccount extends Command<string> {
  constructor(
    readonly person: Person,
    readonly password: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(OpenAccount)
export class OpenAccountHandler implements ICommandHandler<OpenAccount, string> {
  constructor(@Inject(Accounts) private readonly accounts: Accounts) {}

  execute({ person, password, cause }: OpenAccount): Promise<string> {
    return this.accounts.open(person, password, [], cause);
  }
}
