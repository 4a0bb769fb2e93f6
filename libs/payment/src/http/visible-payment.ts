import { type Caller, notFound } from '@tillroll/http';
import { isKnown, type KnownPayment, type Payment } from '../write/payment-state';

/** The payment, when the caller may know of it: its customer and admins. To everyone else it does not exist. */
export function visiblePayment(payment: Payment, caller: Caller): KnownPayment {
  return isKnown(payment) && (caller.isAdmin || payment.customerId === caller.customerId) ? payment : notFound();
}
