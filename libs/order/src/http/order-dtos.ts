import { HttpUrl, IsMoney, MoneyDto, OneOf, Optional, Text, UuidText } from '@tillroll/http';

export class PlaceOrderDto {
  @UuidText()
  addressId: string;

  @Optional()
  @IsMoney()
  expectedTotal?: MoneyDto;
}

export class CancelOrderDto {
  @Text({ max: 500 })
  reason: string;

  @Optional()
  @Text({ max: 500 })
  note?: string;
}

export class TransitionDto {
  @OneOf(['processing', 'shipped', 'delivered'])
  to: 'processing' | 'shipped' | 'delivered';

  @Optional()
  @Text({ max: 500 })
  note?: string;

  @Optional()
  @Text({ max: 200 })
  tracking?: string;
}

export class InitiatePaymentDto {
  @IsMoney()
  amount: MoneyDto;

  @Text({ max: 64 })
  method: string;

  @Optional()
  @HttpUrl()
  returnUrl?: string;
}
