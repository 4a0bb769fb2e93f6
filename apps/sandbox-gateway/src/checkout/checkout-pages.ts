import { toTimestamp } from '@tillroll/kernel';
import type { Intent, IntentStatus } from '../intents/intent';
import { checkoutStyle } from './checkout-style';
import { Html, html } from './html';
import { showMoney } from './show-money';

/** The page on which the customer answers. A plain form: it works without scripts. */
export const questionPage = (intent: Intent): Html =>
  page(
    'Confirm your payment',
    html`<h1>Confirm your payment</h1>
      ${summary(intent)}
      <form method="post">
        <button class="go" name="outcome" value="approve">Approve</button>
        <button name="outcome" value="decline">Decline</button>
      </form>
      <p class="note">This is a test payment: no money moves, whichever button you press.</p>`,
  );

const endings: Readonly<Record<Exclude<IntentStatus, 'requires_action'>, string>> = {
  processing: 'This payment is being processed',
  authorized: 'This payment was approved',
  captured: 'This payment was approved',
  failed: 'This payment was declined',
  canceled: 'This payment was cancelled',
};

/** What is shown once there is nothing to answer any more. */
export function endedPage(intent: Intent): Html {
  const { status, reasonCode, request } = intent;
  const title =
    reasonCode === 'expired' ? 'The time for this payment is over' : status === 'requires_action' ? 'Confirm your payment' : endings[status];
  const back = request.returnUrl === undefined ? html`` : html`<a class="back" href="${request.returnUrl}">Back to the shop</a>`;
  return page(title, html`<h1>${title}</h1>${summary(intent)}${back}`);
}

export const messagePage = (title: string, text: string): Html => page(title, html`<h1>${title}</h1><p class="note">${text}</p>`);

function summary({ request, wakesAt }: Intent): Html {
  const until = wakesAt === undefined ? html`` : html`<dt>Open until</dt><dd>${toTimestamp(wakesAt).replace('T', ' ').slice(0, 16)} UTC</dd>`;
  return html`<p class="amount">${showMoney(request.amount, request.currency)}</p>
    <dl><dt>Order</dt><dd>${request.orderId}</dd>${until}</dl>`;
}

const page = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Sandbox Payments</title>
<style>${new Html(checkoutStyle)}</style>
</head>
<body>
<main>
<p class="provider"><span>Sandbox Payments</span><span class="badge">Test mode</span></p>
${body}
</main>
</body>
</html>
`;
