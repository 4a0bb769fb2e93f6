import { inventoryDeadlines, InventoryModule, inventoryProjections, inventoryPublications } from '@tillroll/inventory';
import type { ServiceContext } from '../service-context';

export const inventoryContext: ServiceContext = {
  name: 'inventory',
  module: InventoryModule,
  publications: inventoryPublications,
  projections: inventoryProjections,
  deadlines: inventoryDeadlines,
};
