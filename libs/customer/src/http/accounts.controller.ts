import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Answers, Anyone, type IssuedToken, Problems, RequestCause, SignIn } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { BeginSession } from './begin-session';
import { OpenAccountDto, SignInDto } from './customer-dtos';
import { exampleCustomer, exampleSession } from './customer-examples';
import { OpenAccount } from './open-account';

@Controller()
export class AccountsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post('accounts')
  @Anyone()
  @Answers({ status: 201, description: 'The account is open; sign in with a session.', example: exampleCustomer })
  @Problems('already_exists')
  async open(
    @Body() { email, password, name }: OpenAccountDto,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly customerId: string }> {
    const customerId = await this.commands.execute(new OpenAccount({ email, name }, password, cause));
    reply.header('location', '/v1/me');
    return { customerId };
  }

  @Post('sessions')
  @SignIn()
  @Answers({ status: 201, description: 'A token for `Authorization: Bearer`; `expiresIn` in seconds.', example: exampleSession })
  @Problems('unauthenticated')
  signIn(@Body() { email, password }: SignInDto): Promise<IssuedToken> {
    return this.commands.execute(new BeginSession(email, password));
  }
}
