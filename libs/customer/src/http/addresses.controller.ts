import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Answers, type Caller, CurrentCaller, Followed, Immediate, type PageAnswer, PageOf, type PageRequest, Problems, RequestCause, setEtag, UuidParam } from '@tillroll/http';
import { uuid5 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { KeepAddress, RemoveAddress } from './change-address-book';
import { AddressDto } from './customer-dtos';
import { exampleAddress } from './customer-examples';
import { GetAddress, ListAddresses } from './customer-queries';
import type { AddressResource, Shown } from './customer-resources';

@Controller('me/addresses')
@Problems('not_found')
export class AddressesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Immediate()
  @Answers({ status: 200, description: 'Addresses, newest first.', example: { data: [exampleAddress], page: { next: null } } })
  list(@PageOf() page: PageRequest, @CurrentCaller() { customerId }: Caller): Promise<PageAnswer<AddressResource>> {
    return this.queries.execute(new ListAddresses(customerId, page));
  }

  @Get(':id')
  @Immediate()
  @Answers({ status: 200, description: 'The address.', example: exampleAddress })
  async view(
    @UuidParam('id') addressId: string,
    @CurrentCaller() { customerId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddressResource> {
    return answer(reply, await this.queries.execute(new GetAddress(customerId, addressId)));
  }

  @Post()
  @Followed()
  @Answers({ status: 201, description: 'The address is kept. An address book holds at most 100.', example: exampleAddress })
  async add(
    @Body() address: AddressDto,
    @CurrentCaller() { customerId }: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddressResource> {
    const addressId = uuid5(cause.commandId, 'address');
    const kept = await this.commands.execute(new KeepAddress('AddAddress', customerId, addressId, address, cause));
    reply.header('location', `/v1/me/addresses/${addressId}`);
    return answer(reply, kept);
  }

  @Put(':id')
  @Followed()
  @Answers({ status: 200, description: 'The address as it is now; orders that were placed before keep theirs.', example: exampleAddress })
  async change(
    @UuidParam('id') addressId: string,
    @Body() address: AddressDto,
    @CurrentCaller() { customerId }: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddressResource> {
    return answer(reply, await this.commands.execute(new KeepAddress('ChangeAddress', customerId, addressId, address, cause)));
  }

  @Delete(':id')
  @Followed()
  @HttpCode(204)
  @Answers({ status: 204, description: 'The address is no longer kept.' })
  async remove(@UuidParam('id') addressId: string, @CurrentCaller() { customerId }: Caller, @RequestCause() cause: Cause): Promise<void> {
    await this.commands.execute(new RemoveAddress(customerId, addressId, cause));
  }
}

function answer(reply: FastifyReply, { resource, revision }: Shown<AddressResource>): AddressResource {
  setEtag(reply, resource.addressId, revision);
  return resource;
}
