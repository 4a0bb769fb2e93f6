import { noticesProjections } from './notices';
import { projectionsOfOrders } from './read/order-projections';

export { OrderModule, orderDeadlines } from './order.module';
export { PAYMENT_METHODS } from './payment-methods';
export { orderPublications } from './public';

export const orderProjections = [...projectionsOfOrders, ...noticesProjections] as const;
