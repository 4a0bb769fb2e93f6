import { IsMoney, MoneyDto, Text } from '@tillroll/http';

export class RefundDto {
  @IsMoney()
  amount: MoneyDto;

  @Text({ max: 500 })
  reason: string;
}
