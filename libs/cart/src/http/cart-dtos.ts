import { Pattern, WholeNumber } from '@tillroll/http';

export class AddItemDto {
  @Pattern(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  productId: string;

  @WholeNumber({ min: 1, max: 999 })
  quantity: number;
}

export class ChangeQuantityDto {
  /** 0 removes the line. */
  @WholeNumber({ min: 0, max: 999 })
  quantity: number;
}
