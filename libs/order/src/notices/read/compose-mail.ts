import type { Money } from '@tillroll/kernel';
import type { Notice } from './notice';

export interface ComposedMail {
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

/** Reason codes of refused payments, in words for the customer. */
const REFUSALS: Readonly<Record<string, string>> = {
  card_declined: 'Your bank declined the card.',
  insufficient_funds: 'There was not enough money on the card.',
};

/** What the mail about a notice says. */
export function composeMail(notice: Notice, customerName: string): ComposedMail {
  const { subject, lines } = wordsOf(notice);
  const text = [`Hello ${customerName},`, '', ...lines, '', `Order number: ${notice.orderId}`, ''].join('\n');
  return { subject, text };
}

function wordsOf(notice: Notice): { readonly subject: string; readonly lines: readonly string[] } {
  switch (notice.type) {
    case 'order-confirmed':
      return {
        subject: 'Your order is confirmed',
        lines: [
          notice['paymentStatus'] === 'authorized'
            ? `thank you for your order. ${amountOf(notice)} is reserved and will be taken when the order is shipped.`
            : `thank you for your order. We received your payment of ${amountOf(notice)}.`,
          'We will write again when it is on its way.',
        ],
      };
    case 'payment-failed':
      return {
        subject: 'Your payment did not work',
        lines: [
          'we could not take your payment.',
          ...reasonOf(notice),
          'Your order is kept for you for now: you can try again, also with another payment method, or cancel it.',
        ],
      };
    case 'order-canceled':
      return {
        subject: 'Your order was canceled',
        lines: [
          notice['by'] === 'customer' ? 'your order was canceled as you asked.' : 'your order was canceled.',
          'What you have paid for it is on its way back to you.',
        ],
      };
    case 'order-expired':
      return { subject: 'Your order has expired', lines: ['we received no payment for your order in time, so it has ended. Nothing was charged.'] };
    case 'order-processing':
      return { subject: 'Your order is being packed', lines: ['your order is being packed.'] };
    case 'order-shipped':
      return { subject: 'Your order is on its way', lines: ['your order has left our house.', ...trackingOf(notice)] };
    case 'order-delivered':
      return { subject: 'Your order was delivered', lines: ['your order was delivered. We hope that you like it.'] };
    case 'payment-returned':
      return {
        subject: 'Your payment is on its way back',
        lines: [`your payment of ${amountOf(notice)} came in after your order had ended. We are paying it back in full.`],
      };
  }
}

const amountOf = (notice: Notice): string => inWords(notice['amount'] as Money);

function inWords({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

const reasonOf = (notice: Notice): readonly string[] => {
  const words = REFUSALS[String(notice['reasonCode'])];
  return words === undefined ? [] : [words];
};

const trackingOf = (notice: Notice): readonly string[] => (typeof notice['tracking'] === 'string' ? [`Tracking: ${notice['tracking']}`] : []);
