import { addressesProjection, cartHintsProjection, placementsProjection } from './checkout-projections';
import { ordersProjection } from './orders-projection';
import { timelineProjection } from './timeline-projection';

export const projectionsOfOrders = [ordersProjection, timelineProjection, cartHintsProjection, placementsProjection, addressesProjection] as const;
