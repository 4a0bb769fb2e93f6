import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import { accountType } from '../account-types';
import { Revocations } from './revocations';

/** Ends sign-in and tokens at once; the rest follows when no order is open. */
export class ForgetMe extends Command<void> {
  constructor(
    readonly customerId: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ForgetMe)
export class ForgetMeHandler implements ICommandHandler<ForgetMe, void> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(Revocations) private readonly revocations: Revocations,
  ) {}

  async execute({ customerId, cause }: ForgetMe): Promise<void> {
    await this.aggregates.execute(accountType, customerId, { type: 'RequestForget', customerId }, cause);
    this.revocations.revoke(customerId);
  }
}
