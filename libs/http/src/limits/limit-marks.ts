import { markRoute } from '../routes/route-marks';

/** A route that gives access: limited for each network address and each account (the body's `email`), and open to anyone. */
export const SignIn = (): MethodDecorator => markRoute({ access: 'own', limit: 'sign-in' });

/** A route that payment providers call: limited for each network address, generously. Its credentials are its own. */
export const Webhook = (): MethodDecorator => markRoute({ access: 'own', limit: 'webhook' });

/** No rate limit. */
export const Unlimited = (): MethodDecorator & ClassDecorator => markRoute({ limit: 'none' });
