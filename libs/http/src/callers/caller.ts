import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { markRoute } from '../routes/route-marks';
import { requestOf } from '../routes/request-of';

/** Who sent the request, from a verified token. */
export interface Caller {
  readonly customerId: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

export type Role = 'admin' | 'ops';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on a route for anyone, when the request came without a token. */
    caller: Caller | undefined;
  }
}

/** The route needs no token; one that is sent is still verified. On a method or a controller. */
export const Anyone = (): MethodDecorator & ClassDecorator => markRoute({ access: 'anyone' });

/**
 * The route checks credentials of its own kind (a signature): `Authorization` is not looked at. Its caller is unknown.
 */
export const OwnCredentials = (): MethodDecorator & ClassDecorator => markRoute({ access: 'own' });

/** Only callers with one of these roles; others are `forbidden`. On a method or a controller. */
export const Roles = (...roles: readonly Role[]): MethodDecorator & ClassDecorator => markRoute({ access: roles });

/** The {@link Caller}; undefined only on a route for anyone, when no token was sent. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | undefined => requestOf(context).caller,
);
