import type { RecordedEvent } from '@tillroll/event-store';
import { newsOfCustomers } from './news-of-customers';

const event = (streamId: string, type: string, customerId: unknown): RecordedEvent =>
  ({ id: 'e', streamId, type, revision: 0, position: 1, data: { customerId }, metadata: {} }) as unknown as RecordedEvent;

it('ends tokens when a customer asks to be forgotten, and drops the key when they are', () => {
  const told: string[] = [];
  newsOfCustomers({ revoked: (id) => told.push(`revoked ${id}`), forgotten: (id) => told.push(`forgotten ${id}`) })([
    event('customer-1', 'ForgetRequested', '1'),
    event('order-7', 'ForgetRequested', '2'),
    event('customer-3', 'CustomerForgotten', '3'),
    event('customer-4', 'AddressAdded', '4'),
    event('customer-5', 'CustomerForgotten', 5),
  ]);
  expect(told).toEqual(['revoked 1', 'forgotten 3']);
});
