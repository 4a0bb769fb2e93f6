import { inventory, publicationsOf } from '@tillroll/contracts';
import type { Publications } from '@tillroll/event-bus';

export const inventoryPublications: Publications = {
  context: 'inventory',
  prefixes: ['product-', 'stock-', 'reservation-', 'allowance-'],
  events: publicationsOf(inventory),
};
