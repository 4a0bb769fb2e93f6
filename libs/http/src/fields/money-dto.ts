import { Nested, Pattern, WholeNumber } from './fields';

/** An amount in minor units of an ISO 4217 currency. */
export class MoneyDto {
  @WholeNumber({ min: 0 })
  amount: number = 0;

  @Pattern(/^[A-Z]{3}$/)
  currency: string = '';
}

export const IsMoney = (): PropertyDecorator => Nested(() => MoneyDto);
