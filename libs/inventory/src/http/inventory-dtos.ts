import { Flag, IsMoney, MoneyDto, Nested, Optional, OrNull, ProductId, Text, WholeNumber } from '@tillroll/http';

const NAME = { max: 200 };
const DESCRIPTION = { min: 0, max: 5000 };
const MOST_UNITS = 1_000_000_000;

export class PurchaseLimitDto {
  @WholeNumber({ min: 1, max: 1_000_000 })
  quantity: number;

  /** The limit counts back over so many days; left out: for ever. */
  @Optional()
  @WholeNumber({ min: 1, max: 36_500 })
  days?: number;
}

export class CreateProductDto {
  @ProductId()
  productId: string;

  @Text(NAME)
  name: string;

  @Optional()
  @Text(DESCRIPTION)
  description?: string;

  /** May be nothing: a gift. */
  @IsMoney()
  price: MoneyDto;

  @Optional()
  @Nested(() => PurchaseLimitDto)
  purchaseLimit?: PurchaseLimitDto;
}

/** What is left out stays. */
export class ChangeProductDto {
  @Optional()
  @Text(NAME)
  name?: string;

  /** Null takes it away. */
  @Optional()
  @OrNull()
  @Text(DESCRIPTION)
  description?: string | null;

  /** In the currency that the product has. */
  @Optional()
  @IsMoney()
  price?: MoneyDto;

  /** Null takes it away. */
  @Optional()
  @OrNull()
  @Nested(() => PurchaseLimitDto)
  purchaseLimit?: PurchaseLimitDto | null;

  /** False withdraws the product, true brings it back. */
  @Optional()
  @Flag()
  onSale?: boolean;
}

/** Exactly one of `delta` and `setTo`. */
export class AdjustStockDto {
  /** Units received (or lost, when negative). */
  @Optional()
  @WholeNumber({ min: -MOST_UNITS, max: MOST_UNITS })
  delta?: number;

  /** Units counted. */
  @Optional()
  @WholeNumber({ min: 0, max: MOST_UNITS })
  setTo?: number;

  @Text({ max: 500 })
  reason: string;
}
