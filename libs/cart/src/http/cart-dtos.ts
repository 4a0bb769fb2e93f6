import { ProductId, WholeNumber } from '@tillroll/http';

export class AddItemDto {
  @ProductId()
  productId: string;

  @WholeNumber({ min: 1, max: 999 })
  quantity: number;
}

export class ChangeQuantityDto {
  /** 0 removes the line. */
  @WholeNumber({ min: 0, max: 999 })
  quantity: number;
}
