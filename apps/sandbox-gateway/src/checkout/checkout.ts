import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Intent } from '../intents/intent';
import { Refusal } from '../intents/refusal';
import type { Sandbox } from '../sandbox';
import { endedPage, messagePage, questionPage } from './checkout-pages';
import { checkoutStyleHash } from './checkout-style';
import type { Html } from './html';

export interface CheckoutOptions {
  readonly sandbox: Sandbox;
  readonly checkoutUrl: (id: string) => string;
}

interface OfOne {
  readonly Params: { readonly id: string };
}

/** The hosted page to which a shop sends its customer. Its address is the permission to answer. */
export function checkout({ sandbox, checkoutUrl }: CheckoutOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.setErrorHandler((error, _request, reply) => {
      if (error instanceof Refusal && error.code === 'not_found')
        return show(reply.code(404), messagePage('No such payment', 'Go back to the shop and start the payment again.'));
      const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
      return status >= 400 && status < 500
        ? show(reply.code(status), messagePage('That did not work', 'The form was not understood.'))
        : show(reply.code(500), messagePage('Something went wrong', 'Please try again in a moment.'));
    });

    server.get<OfOne>('/:id', async ({ params }, reply) => {
      const intent = await sandbox.intent(params.id);
      return show(reply, intent.status === 'requires_action' ? questionPage(intent) : endedPage(intent), intent);
    });

    server.post<OfOne>('/:id', async ({ params, body }, reply) => {
      const outcome = body instanceof URLSearchParams ? body.get('outcome') : null;
      if (outcome !== 'approve' && outcome !== 'decline')
        return show(reply.code(400), messagePage('That did not work', 'Choose one of the two buttons.'));
      const intent = await sandbox.answer(params.id, outcome);
      if (!isOutcome(intent, outcome)) return show(reply.code(409), endedPage(intent), intent);
      return reply.code(303).header('cache-control', 'no-store').header('location', intent.request.returnUrl ?? checkoutUrl(intent.id)).send();
    });
  };
}

/** Also for an answer given once before: a button pressed twice leads to the shop twice. */
const isOutcome = ({ status }: Intent, outcome: 'approve' | 'decline'): boolean =>
  outcome === 'approve' ? status === 'captured' || status === 'authorized' : status === 'failed';

/** Browsers apply `form-action` to the redirect that follows the form too, so the shop's origin is named there. */
function show(reply: FastifyReply, page: Html, intent?: Intent): FastifyReply {
  const returnUrl = intent?.request.returnUrl;
  const formTargets = returnUrl === undefined ? "'self'" : `'self' ${new URL(returnUrl).origin}`;
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src ${checkoutStyleHash}; form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    .send(page.text);
}
