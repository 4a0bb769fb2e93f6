import { markRoute } from '../routes/route-marks';

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes of the body as they came, on routes marked `@RawBody()`. */
    rawBody: Buffer | undefined;
  }
}

/** Keeps the body's bytes in `request.rawBody`: signatures are over bytes. */
export const RawBody = (): MethodDecorator => markRoute({ rawBody: true });
