/** Injection token: the names of the payment methods that the shop's provider knows. The application provides them, because it chose the provider. */
export const PAYMENT_METHODS = Symbol('PaymentMethods');
