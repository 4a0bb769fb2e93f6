import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type PageAnswer, pageAnswer, type PageRequest } from '@tillroll/http';
import { type Found, READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { CATALOGUE_SEARCH, type CatalogueSearch } from '../queries/catalogue-search';
import { isVisible, productResource, type ProductResource, productVersion } from '../read/product-resource';
import { PRODUCTS, type ProductDocument } from '../read/products-projection';
import type { ShownProduct } from './change-products';
import { refuseUnknownProduct } from './unknown-product';

export class GetProduct extends Query<ShownProduct> {
  constructor(
    readonly productId: string,
    readonly byAdmin: boolean,
  ) {
    super();
  }
}

@QueryHandler(GetProduct)
export class GetProductHandler implements IQueryHandler<GetProduct, ShownProduct> {
  constructor(@Inject(READ_MODELS) private readonly readModels: ReadModels) {}

  async execute({ productId, byAdmin }: GetProduct): Promise<ShownProduct> {
    const document = await this.readModels.get<ProductDocument>(PRODUCTS, productId);
    if (!isVisible(document, byAdmin)) return refuseUnknownProduct(productId);
    const { details, available, productRevision, stockRevision } = document;
    return { product: productResource(details, available), version: productVersion(productRevision, stockRevision) };
  }
}

export class ListProducts extends Query<PageAnswer<ProductResource>> {
  constructor(
    /** Undefined: all. */
    readonly words: string | undefined,
    readonly page: PageRequest,
    readonly byAdmin: boolean,
  ) {
    super();
  }
}

@QueryHandler(ListProducts)
export class ListProductsHandler implements IQueryHandler<ListProducts, PageAnswer<ProductResource>> {
  constructor(
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(CATALOGUE_SEARCH) private readonly search: CatalogueSearch,
  ) {}

  async execute({ words, page, byAdmin }: ListProducts): Promise<PageAnswer<ProductResource>> {
    const found = words === undefined ? await this.newest(page, byAdmin) : await this.matching(words, page, byAdmin);
    const visible = found.flatMap(({ id, document }) => (isVisible(document, byAdmin) ? [{ id, document }] : []));
    return pageAnswer(page, visible, 'createdAt', ({ details, available }) => productResource(details, available));
  }

  private newest(page: PageRequest, byAdmin: boolean): Promise<readonly Found<ProductDocument>[]> {
    return this.readModels.find<ProductDocument>(PRODUCTS, {
      where: byAdmin ? { known: true } : { onSale: true },
      orderBy: 'createdAt',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
  }

  private async matching(words: string, page: PageRequest, byAdmin: boolean): Promise<readonly Found<ProductDocument>[]> {
    const after = page.after === undefined ? {} : { after: { createdAt: String(page.after.value), productId: page.after.id } };
    const ids = await this.search.find(words, { onSaleOnly: !byAdmin, ...after, limit: page.limit + 1 });
    const documents = await Promise.all(ids.map((id) => this.readModels.get<ProductDocument>(PRODUCTS, id)));
    return ids.flatMap((id, index) => {
      const document = documents[index];
      return document === undefined ? [] : [{ id, document }];
    });
  }
}
