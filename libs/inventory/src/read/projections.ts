import type { Projection } from '@tillroll/read-models';
import { productsProjection } from './products-projection';
import { shortfallsProjection } from './shortfalls-projection';
import { stockMovementsProjection } from './stock-movements-projection';
import { stockProjection } from './stock-projection';

export const inventoryProjections: readonly Projection[] = [productsProjection, stockProjection, stockMovementsProjection, shortfallsProjection];
