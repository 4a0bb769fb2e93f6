import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type IssuedToken, TOKEN_ISSUER, type TokenIssuer } from '@tillroll/http';
import { refuse } from '@tillroll/kernel';
import { Accounts } from './accounts';

/** Refused with `unauthenticated` alike for an unknown e-mail address and a wrong password. */
export class BeginSession extends Command<IssuedToken> {
  constructor(
    readonly email: string,
    readonly password: string,
  ) {
    super();
  }
}

@CommandHandler(BeginSession)
export class BeginSessionHandler implements ICommandHandler<BeginSession, IssuedToken> {
  constructor(
    @Inject(Accounts) private readonly accounts: Accounts,
    @Inject(TOKEN_ISSUER) private readonly tokens: TokenIssuer,
  ) {}

  async execute({ email, password }: BeginSession): Promise<IssuedToken> {
    const { customerId, roles } = (await this.accounts.signIn(email, password)) ?? refuse('unauthenticated');
    return this.tokens.issue({ customerId, roles });
  }
}
