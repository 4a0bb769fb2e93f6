import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { Anyone, Problems, RequestCause, SignIn, TOKEN_ISSUER, type TokenIssuer } from '@tillroll/http';
import { refuse } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { Accounts } from './accounts';
import { OpenAccountDto, SignInDto } from './customer-dtos';

@Controller()
@Anyone()
export class AccountsController {
  constructor(
    @Inject(Accounts) private readonly accounts: Accounts,
    @Inject(TOKEN_ISSUER) private readonly tokens: TokenIssuer,
  ) {}

  @Post('accounts')
  @SignIn()
  @Problems('already_exists')
  async open(@Body() { email, password, name }: OpenAccountDto, @RequestCause() cause: Cause, @Res({ passthrough: true }) reply: FastifyReply) {
    const customerId = await this.accounts.open({ email, name }, password, [], cause);
    reply.header('location', '/v1/me');
    return { customerId };
  }

  @Post('sessions')
  @SignIn()
  @Problems('unauthenticated')
  async signIn(@Body() { email, password }: SignInDto) {
    const account = await this.accounts.signIn(email, password);
    return account === undefined ? refuse('unauthenticated') : this.tokens.issue({ customerId: account.customerId, roles: account.roles });
  }
}
