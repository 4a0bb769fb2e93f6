import type { Deadlines } from '@tillroll/processing';
import { HoldExpiry } from './deadlines/hold-expiry';

export { InventoryModule } from './inventory.module';
export { inventoryPublications } from './public';
export { inventoryProjections } from './read/projections';

export const inventoryDeadlines: readonly (new (...parts: never[]) => Deadlines)[] = [HoldExpiry];
