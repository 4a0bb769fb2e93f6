import { Controller, Delete, Get, HttpCode, Inject, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Answers, type Caller, CurrentCaller, Immediate, Problems, RequestCause, setEtag } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { exampleForgetting, exampleMe } from './customer-examples';
import { GetMe } from './customer-queries';
import type { MeResource } from './customer-resources';
import { ForgetMe } from './forget-me';

@Controller('me')
@Problems('not_found')
export class MeController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Immediate()
  @Answers({ status: 200, description: 'The caller.', example: exampleMe })
  async me(@CurrentCaller() { customerId }: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<MeResource> {
    const { resource, revision } = await this.queries.execute(new GetMe(customerId));
    setEtag(reply, customerId, revision);
    return resource;
  }

  @Delete()
  @HttpCode(202)
  @Answers({ status: 202, description: 'Tokens have ended; name, addresses and e-mail address go as soon as no order is open.', example: exampleForgetting })
  async forget(@CurrentCaller() { customerId }: Caller, @RequestCause() cause: Cause): Promise<typeof exampleForgetting> {
    await this.commands.execute(new ForgetMe(customerId, cause));
    return { customerId, status: 'forgetting' };
  }
}
