import { customer, order } from '@tillroll/contracts';
import { busEvent, projected } from '@tillroll/testing';
import { ORDER_ENDS } from '../automation/forgetting-policy';
import { openOrdersProjection } from './open-orders-projection';
import { privilegedProjection } from './privileged-projection';
import { revocationsProjection } from './revocations-projection';

const [customerId, orderId, otherId] = ['ada', 'order-1', 'order-2'];

const placed = (id: string) => ({ ...busEvent(order.OrderExpired, { orderId: id, customerId }), type: order.OrderPlaced.type });
const ended = (id: string, type: string) => ({ ...busEvent(order.OrderExpired, { orderId: id, customerId }), type });

describe('open orders', () => {
  it.each(ORDER_ENDS)('are those that were placed and not ended by %s', (type) => {
    expect(ORDER_ENDS).toHaveLength(4);
    const open = projected(openOrdersProjection, [placed(orderId), placed(otherId), ended(orderId, type)]);
    expect([...open]).toEqual([[otherId, { customerId, orderId: otherId }]]);
  });
});

describe('accounts with roles', () => {
  const opened = (roles: readonly string[]) => busEvent(customer.AccountOpened, { customerId, personal: 'sealed', roles: [...roles] });

  it('are listed, and others are not', () => {
    expect([...projected(privilegedProjection, [opened(['admin', 'ops'])]).values()]).toMatchObject([{ customerId, isAdmin: true }]);
    expect([...projected(privilegedProjection, [opened(['ops'])]).values()]).toMatchObject([{ customerId, isAdmin: false }]);
    expect(projected(privilegedProjection, [opened([])]).size).toBe(0);
  });

  it('are gone once forgotten', () =>
    expect(projected(privilegedProjection, [opened(['admin']), busEvent(customer.CustomerForgotten, { customerId })]).size).toBe(0));
});

describe('revocations', () => {
  it('tell whose tokens ended, and when', () =>
    expect([...projected(revocationsProjection, [busEvent(customer.ForgetRequested, { customerId }, { time: '2030-01-01T12:00:00.000Z' })])]).toEqual([
      [customerId, { customerId, at: '2030-01-01T12:00:00.000Z' }],
    ]));
});
