import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Res } from '@nestjs/common';
import { type Caller, CurrentCaller, Immediate, notFound, Problems, RequestCause, setEtag, UuidParam } from '@tillroll/http';
import { uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData } from '@tillroll/secrets';
import type { FastifyReply } from 'fastify';
import { accountType } from '../account-types';
import { Accounts } from './accounts';
import { AddressDto } from './customer-dtos';
import { Revocations } from './revocations';

@Controller('me')
@Immediate()
@Problems('not_found')
export class MeController {
  constructor(
    @Inject(Accounts) private readonly accounts: Accounts,
    @Inject(Revocations) private readonly revocations: Revocations,
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  @Get()
  async me(@CurrentCaller() { customerId }: Caller, @Res({ passthrough: true }) reply: FastifyReply) {
    const { account, revision } = await this.accounts.load(customerId);
    const person = (await this.accounts.personOf(account)) ?? notFound();
    setEtag(reply, customerId, revision);
    return { customerId, email: person.email, name: person.name };
  }

  @Delete()
  @HttpCode(202)
  async forget(@CurrentCaller() { customerId }: Caller, @RequestCause() cause: Cause) {
    await this.aggregates.execute(accountType, customerId, { type: 'RequestForget' }, cause);
    this.revocations.revoke(customerId);
    return { customerId, status: 'forgetting' };
  }

  @Get('addresses')
  async addresses(@CurrentCaller() { customerId }: Caller) {
    const { account } = await this.accounts.load(customerId);
    const data: unknown[] = [];
    for (const [addressId, sealed] of Object.entries(account.addresses).reverse()) data.push(await this.readable(customerId, addressId, sealed));
    return { data, page: { next: null } };
  }

  @Get('addresses/:id')
  async address(@UuidParam('id') id: string, @CurrentCaller() { customerId }: Caller) {
    const { account } = await this.accounts.load(customerId);
    return this.readable(customerId, id, account.addresses[id] ?? notFound());
  }

  @Post('addresses')
  async addAddress(
    @Body() address: AddressDto,
    @CurrentCaller() { customerId }: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const addressId = uuid5(cause.commandId, 'address');
    const sealed = await this.personalData.seal(customerId, address);
    await this.aggregates.execute(accountType, customerId, { type: 'AddAddress', addressId, address: sealed }, cause);
    reply.header('location', `/v1/me/addresses/${addressId}`);
    return { addressId, ...address };
  }

  @Put('addresses/:id')
  async changeAddress(@UuidParam('id') id: string, @Body() address: AddressDto, @CurrentCaller() { customerId }: Caller, @RequestCause() cause: Cause) {
    const sealed = await this.personalData.seal(customerId, address);
    await this.aggregates.execute(accountType, customerId, { type: 'ChangeAddress', addressId: id, address: sealed }, cause);
    return { addressId: id, ...address };
  }

  @Delete('addresses/:id')
  @HttpCode(204)
  async removeAddress(@UuidParam('id') id: string, @CurrentCaller() { customerId }: Caller, @RequestCause() cause: Cause): Promise<void> {
    await this.aggregates.execute(accountType, customerId, { type: 'RemoveAddress', addressId: id }, cause);
  }

  private async readable(customerId: string, addressId: string, sealed: string): Promise<Readonly<Record<string, unknown>>> {
    return { addressId, ...(await this.personalData.unseal<AddressDto>(customerId, sealed)) };
  }
}
