import { markRoute } from '../routes/route-marks';

/** This read is answered from aggregates, which are never behind: it does not wait for the projections. */
export const Immediate = (): MethodDecorator & ClassDecorator => markRoute({ immediate: true });
