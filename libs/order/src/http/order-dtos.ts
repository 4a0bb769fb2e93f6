import { IsMoney, MoneyDto, OneOf, Optional, Pattern, Text } from '@tillroll/http';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export class PlaceOrderDto {
  @Pattern(UUID)
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
  @Pattern(/^https?:\/\/[^\s]{1,2000}$/)
  returnUrl?: string;
}
