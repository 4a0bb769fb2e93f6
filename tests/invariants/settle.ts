import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { type OrderDocument, ORDERS } from '@tillroll/order/read/orders-projection';
import { attemptsOf } from '@tillroll/order/write/order-state';
import type { World } from './world';

/** The longest wait of any deadline that matters is the provider's hourly question, and it may be needed a few times. */
const LONGEST_MINUTES = 5 * 60;
/** Longer than the audit's patience with what moves. */
const QUIET_MINUTES = 7;

/**
 * The provider behaves from now on, nobody does anything, and time passes until nothing is owed to anybody, or for five
 * hours; then some more.
 */
export async function settle(world: World): Promise<void> {
  const { time } = world.shop;
  await time.during(world.provider.behave());
  await time.untilIdle();
  for (let minutes = 0; minutes < LONGEST_MINUTES && (await isAnythingOwed(world)); minutes++) await time.pass(1);
  await time.pass(QUIET_MINUTES);
  await time.untilIdle();
}

async function isAnythingOwed({ shop, orders }: World): Promise<boolean> {
  const readModels = shop.app.get<ReadModels>(READ_MODELS);
  for (const { orderId } of orders) {
    const order = await readModels.get<OrderDocument>(ORDERS, orderId);
    if (order !== undefined && isOwed(order)) return true;
  }
  return false;
}

/** It waits for something else than people: admins pack and send, and look at refunds that failed for good. */
function isOwed(order: OrderDocument): boolean {
  const refunds = attemptsOf(order).flatMap((attempt) => Object.values(attempt.refunds));
  const isForPeople = refunds.some(({ status }) => status === 'needs_attention') && refunds.every(({ status }) => status === 'succeeded' || status === 'needs_attention');
  return order.status === 'pending' || (order.compensating && !isForPeople) || ((order.status === 'shipped' || order.status === 'delivered') && order.paymentStatus === 'authorized');
}

