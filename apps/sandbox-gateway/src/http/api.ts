import type { FastifyInstance } from 'fastify';
import type { Intent } from '../intents/intent';
import { intentJson, refundJson } from '../intents/intent-json';
import type { Sandbox } from '../sandbox';
import { sendError } from './api-error';
import { bearerKey } from './bearer-key';
import { type ApiAnswer, CallFates } from './call-fates';
import { cursorOf, readChaos, readIdempotencyKey, readIntentRequest, readIntentsQuery, readRefundRequest } from './requests';

export interface ApiOptions {
  readonly sandbox: Sandbox;
  /** What callers put behind `Bearer`. */
  readonly key: string;
  readonly checkoutUrl: (id: string) => string;
}

interface OfOne {
  readonly Params: { readonly id: string };
}
interface Listing {
  readonly Querystring: Readonly<Record<string, unknown>>;
}

/** The provider's API for merchants. */
export function api({ sandbox, key, checkoutUrl }: ApiOptions) {
  const hasKey = bearerKey(key);
  const shown = (intent: Intent) => intentJson(intent, checkoutUrl);
  const ok = (intent: Intent): ApiAnswer => ({ status: 200, body: shown(intent) });

  return async (server: FastifyInstance): Promise<void> => {
    const fates = new CallFates(sandbox.chaos);
    server.addHook('preClose', async () => fates.release());
    server.addHook('onRequest', async (request, reply) => {
      if (!hasKey(request.headers.authorization)) await sendError(reply, 'unauthorized', 'the API key is missing or wrong');
    });

    server.post(
      '/intents',
      fates.handle(async ({ headers, body }) => {
        const { value, repeated } = await sandbox.createIntent(readIntentRequest(body), readIdempotencyKey(headers['idempotency-key']));
        return value.status === 'failed' ? { ...declined(value), repeated } : { status: 201, body: shown(value), repeated };
      }),
    );
    server.get<Listing>(
      '/intents',
      fates.handle<Listing>(async ({ query }) => {
        const { intents, next } = await sandbox.intents(readIntentsQuery(query));
        return { status: 200, body: { data: intents.map(shown), page: { next: next === undefined ? null : cursorOf(next) } } };
      }),
    );
    server.get<OfOne>('/intents/:id', fates.handle<OfOne>(async ({ params }) => ok(await sandbox.intent(params.id))));
    server.post<OfOne>('/intents/:id/capture', fates.handle<OfOne>(async ({ params }) => ok(await sandbox.capture(params.id))));
    server.post<OfOne>('/intents/:id/cancel', fates.handle<OfOne>(async ({ params }) => ok(await sandbox.cancel(params.id))));
    server.post(
      '/refunds',
      fates.handle(async ({ headers, body }) => {
        const { value, repeated } = await sandbox.refund(readRefundRequest(body), readIdempotencyKey(headers['idempotency-key']));
        return { status: 201, body: refundJson(value), repeated };
      }),
    );
    server.get<OfOne>(
      '/refunds/:id',
      fates.handle<OfOne>(async ({ params }) => ({ status: 200, body: refundJson(await sandbox.getRefund(params.id)) })),
    );

    server.get('/chaos', async () => sandbox.chaos.settings);
    server.put('/chaos', async ({ body }) => {
      sandbox.chaos.set(readChaos(body));
      return sandbox.chaos.settings;
    });
  };
}

const declined = (intent: Intent): ApiAnswer => ({
  status: 402,
  body: {
    error: { code: 'payment_declined', message: 'the card was declined', reasonCode: intent.reasonCode },
    intent: intentJson(intent),
  },
});
