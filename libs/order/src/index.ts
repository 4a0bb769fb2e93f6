export { OrderModule, orderDeadlines } from './order.module';
export { orderPublications } from './public';
export { orderProjections } from './read/order-projections';
