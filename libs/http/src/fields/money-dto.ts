import { CurrencyCode, Nested, WholeNumber } from './fields';

/** An amount in minor units of an ISO 4217 currency. */
export class MoneyDto {
  @WholeNumber({ min: 0 })
  amount: number = 0;

  @CurrencyCode()
  currency: string = '';
}

/** Money; an amount may be nothing, but not less. */
export const IsMoney = (): PropertyDecorator => Nested(() => MoneyDto);
