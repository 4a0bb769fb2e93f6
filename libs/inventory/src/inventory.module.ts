import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Clock } from '@tillroll/kernel';
import { CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { HoldExpiry } from './deadlines/hold-expiry';
import { AdjustStockHandler } from './http/adjust-stock';
import { ChangeProductHandler, CreateProductHandler } from './http/change-products';
import { GetProductHandler, ListProductsHandler } from './http/product-queries';
import { ProductsController } from './http/products.controller';
import { ShortfallsController } from './http/shortfalls.controller';
import { GetStockHandler, ListMovementsHandler, ListShortfallsHandler } from './http/stock-queries';
import { StockController } from './http/stock.controller';
import { CATALOGUE_SEARCH, CatalogueSearch } from './queries/catalogue-search';
import { ReservationReactor } from './reactors/reservation.reactor';

@Module({
  imports: [CqrsModule],
  controllers: [ProductsController, StockController, ShortfallsController, ReservationReactor],
  providers: [
    {
      provide: CATALOGUE_SEARCH,
      useFactory: (readModels: ReadModels, clock: Clock) => new CatalogueSearch(readModels, clock),
      inject: [READ_MODELS, CLOCK],
    },
    CreateProductHandler,
    ChangeProductHandler,
    AdjustStockHandler,
    GetProductHandler,
    ListProductsHandler,
    GetStockHandler,
    ListMovementsHandler,
    ListShortfallsHandler,
    HoldExpiry,
  ],
  exports: [HoldExpiry],
})
export class InventoryModule {}
