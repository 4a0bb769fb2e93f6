import type { Money } from '@tillroll/kernel';

export interface OrderLine {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice: Money;
  readonly quantity: number;
  readonly lineTotal: Money;
}
