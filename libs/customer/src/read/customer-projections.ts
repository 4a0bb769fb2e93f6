import { openOrdersProjection } from './open-orders-projection';
import { privilegedProjection } from './privileged-projection';
import { revocationsProjection } from './revocations-projection';

export const customerProjections = [openOrdersProjection, privilegedProjection, revocationsProjection] as const;
