import { markRoute } from '../routes/route-marks';

/**
 * The answer of this write waits a moment for the projections, so that other services decide by it from then on. For
 * rare writes that many others depend on: prices, what is on sale, addresses.
 */
export const Followed = (): MethodDecorator => markRoute({ followed: true });
