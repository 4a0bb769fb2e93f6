import { mismatchesProjection } from './mismatches-projection';
import { payableOrdersProjection } from './payable-orders-projection';
import { paymentsProjection } from './payments-projection';
import { refundsProjection } from './refunds-projection';

export const paymentProjections = [paymentsProjection, refundsProjection, mismatchesProjection, payableOrdersProjection] as const;
