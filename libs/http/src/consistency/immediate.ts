import { markRoute } from '../routes/route-marks';

/** This read is answered from aggregates, which are never behind: it does not wait for the projections. */
export const Immediate = (): MethodDecorator & ClassDecorator => markRoute({ immediate: true });

/** A `POST` that only reads: it waits for the projections like a `GET`, counts as a read, and has no idempotency key. */
export const ReadOnly = (): MethodDecorator => markRoute({ readOnly: true });
