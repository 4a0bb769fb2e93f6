import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type PageAnswer, pageAnswer, type PageRequest } from '@tillroll/http';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PRODUCTS, type ProductDocument } from '../read/products-projection';
import { SHORTFALLS, type ShortfallDocument } from '../read/shortfalls-projection';
import { type MovementDocument, STOCK_MOVEMENTS } from '../read/stock-movements-projection';
import { STOCK, type StockDocument } from '../read/stock-projection';
import { movementResource, type MovementResource, shortfallResource, type ShortfallResource, stockResource } from '../read/stock-resource';
import type { ShownStock } from './adjust-stock';
import { refuseUnknownProduct } from './unknown-product';

const NOTHING = { onHand: 0, held: 0, committed: 0, revision: -1 };

async function refuseUnlessKnown(readModels: ReadModels, productId: string): Promise<void> {
  const product = await readModels.get<ProductDocument>(PRODUCTS, productId);
  if (product?.known !== true) refuseUnknownProduct(productId);
}

export class GetStock extends Query<ShownStock> {
  constructor(readonly productId: string) {
    super();
  }
}

@QueryHandler(GetStock)
export class GetStockHandler implements IQueryHandler<GetStock, ShownStock> {
  constructor(@Inject(READ_MODELS) private readonly readModels: ReadModels) {}

  async execute({ productId }: GetStock): Promise<ShownStock> {
    await refuseUnlessKnown(this.readModels, productId);
    const { revision, ...totals } = (await this.readModels.get<StockDocument>(STOCK, productId)) ?? NOTHING;
    return { stock: stockResource(productId, totals), revision };
  }
}

export class ListMovements extends Query<PageAnswer<MovementResource>> {
  constructor(
    readonly productId: string,
    readonly page: PageRequest,
  ) {
    super();
  }
}

@QueryHandler(ListMovements)
export class ListMovementsHandler implements IQueryHandler<ListMovements, PageAnswer<MovementResource>> {
  constructor(@Inject(READ_MODELS) private readonly readModels: ReadModels) {}

  async execute({ productId, page }: ListMovements): Promise<PageAnswer<MovementResource>> {
    await refuseUnlessKnown(this.readModels, productId);
    const found = await this.readModels.find<MovementDocument>(STOCK_MOVEMENTS, {
      where: { productId },
      orderBy: 'revision',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
    return pageAnswer(page, found, 'revision', movementResource);
  }
}

export class ListShortfalls extends Query<PageAnswer<ShortfallResource>> {
  constructor(readonly page: PageRequest) {
    super();
  }
}

@QueryHandler(ListShortfalls)
export class ListShortfallsHandler implements IQueryHandler<ListShortfalls, PageAnswer<ShortfallResource>> {
  constructor(@Inject(READ_MODELS) private readonly readModels: ReadModels) {}

  async execute({ page }: ListShortfalls): Promise<PageAnswer<ShortfallResource>> {
    const found = await this.readModels.find<ShortfallDocument>(SHORTFALLS, {
      orderBy: 'since',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
    return pageAnswer(page, found, 'since', shortfallResource);
  }
}
