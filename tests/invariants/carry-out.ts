import type { Batch, Command } from './commands';
import type { World } from './world';

/** Carries out the batches one after another, and the commands of each at once; nights come after what was begun. */
export async function carryOut(world: World, schedule: readonly Batch[]): Promise<void> {
  const { time } = world.shop;
  for (const batch of schedule) {
    await time.during(Promise.all(batch.map((command) => perform(world, command))));
    if (batch.some((command) => command.do === 'sleepOver')) await time.sleepOver();
  }
}

async function perform(world: World, command: Command): Promise<unknown> {
  const customer = 'customer' in command ? world.customer(command.customer) : undefined;
  const productId = 'product' in command ? world.product(command.product) : '';
  const order = 'order' in command ? world.order(command.order) : undefined;
  if ('order' in command && order === undefined) return undefined;
  const who = customer?.customerId ?? order?.owner.customerId ?? world.adminId;
  const orderId = order?.orderId ?? '';
  switch (command.do) {
    case 'add':
      return world.write(who, 'POST', '/cart/items', { productId, quantity: command.quantity });
    case 'change':
      return world.write(who, 'PATCH', `/cart/items/${productId}`, { quantity: command.quantity });
    case 'remove':
      return world.write(who, 'DELETE', `/cart/items/${productId}`);
    case 'empty':
      return world.write(who, 'DELETE', '/cart/items');
    case 'check':
      return (await world.client(who)).post('/cart/check');
    case 'place':
      return customer === undefined ? undefined : place(world, customer, command.consents);
    case 'pay':
      return pay(world, orderId, who, command.method);
    case 'buy':
      return customer === undefined ? undefined : buy(world, customer, { productId, quantity: command.quantity }, command.method);
    case 'answer':
      return answer(world, orderId, command.outcome);
    case 'sync':
      return sync(world, orderId, who);
    case 'cancel':
      return world.write(command.by === 'admin' ? world.adminId : who, 'POST', `/orders/${orderId}/cancel`, { reason: 'changed my mind' });
    case 'advance':
      return world.write(world.adminId, 'POST', `/orders/${orderId}/transitions`, { to: command.to });
    case 'further':
      return further(world, orderId);
    case 'refund':
      return refund(world, orderId, command.share);
    case 'adjust':
      return world.write(world.adminId, 'POST', `/products/${productId}/stock-adjustments`, { delta: command.delta, reason: 'counted' });
    case 'count':
      return world.write(world.adminId, 'POST', `/products/${productId}/stock-adjustments`, { setTo: command.units, reason: 'counted' });
    case 'reprice':
      return world.write(world.adminId, 'PATCH', `/products/${productId}`, { price: { amount: command.amount, currency: 'EUR' } });
    case 'limit':
      return world.write(world.adminId, 'PATCH', `/products/${productId}`, { purchaseLimit: command.units === null ? null : { quantity: command.units, days: 1 } });
    case 'offer':
      return world.write(world.adminId, 'PATCH', `/products/${productId}`, { onSale: command.onSale });
    case 'forget':
      return customer === undefined ? undefined : forget(world, customer);
    case 'repeat':
      return world.repeat(command.write);
    case 'wait':
      return world.shop.time.pass(command.minutes);
    case 'sleepOver':
      return undefined;
    case 'misbehave':
      return world.provider.misbehave(command.how);
  }
}

type Customer = World['customers'][number];

async function buy(world: World, customer: Customer, line: { readonly productId: string; readonly quantity: number }, method: string): Promise<void> {
  await world.write(customer.customerId, 'POST', '/cart/items', line);
  const orderId = await place(world, customer, true);
  if (orderId !== undefined) await pay(world, orderId, customer.customerId, method);
}

/** Resolves with the id of the order, if one came of it. */
async function place(world: World, customer: Customer, consents: boolean): Promise<string | undefined> {
  const { customerId, addressId } = customer;
  const { body: cart } = await (await world.client(customerId)).get('/cart');
  const expected = consents && cart?.total !== undefined && cart.lines.length > 0 ? { expectedTotal: cart.total } : {};
  const { body } = await world.write(customerId, 'POST', '/orders', { addressId, ...expected });
  const orderId: unknown = body?.orderId;
  if (typeof orderId === 'string' && !world.orders.some((order) => order.orderId === orderId)) world.orders.push({ orderId, owner: customer });
  return typeof orderId === 'string' ? orderId : undefined;
}

const NEXT: Readonly<Record<string, string>> = { confirmed: 'processing', processing: 'shipped', shipped: 'delivered' };

async function further(world: World, orderId: string): Promise<void> {
  const { body } = await (await world.admin()).get(`/orders/${orderId}`);
  const to = NEXT[body?.status];
  if (to !== undefined) await world.write(world.adminId, 'POST', `/orders/${orderId}/transitions`, { to });
}

async function pay(world: World, orderId: string, who: string, method: string): Promise<void> {
  const { status, body: order } = await (await world.client(who)).get(`/orders/${orderId}`);
  if (status === 200 && order.total !== undefined) await world.write(who, 'POST', `/orders/${orderId}/payments`, { amount: order.total, method, returnUrl: 'http://127.0.0.1/back' });
}

async function answer(world: World, orderId: string, outcome: 'approve' | 'decline'): Promise<void> {
  const { status, body } = await world.provider.api.get(`/sandbox/v1/intents?orderId=${orderId}`);
  if (status !== 200) return;
  const waiting = (body.data as readonly { readonly id: string; readonly status: string }[]).find((intent) => intent.status === 'requires_action');
  if (waiting !== undefined) await world.provider.answer(waiting.id, outcome);
}

async function sync(world: World, orderId: string, who: string): Promise<void> {
  for (const paymentId of await paymentsOf(world, orderId, who)) await world.write(who, 'POST', `/payments/${paymentId}/sync`);
}

async function refund(world: World, orderId: string, share: number): Promise<void> {
  const { body: order, status } = await (await world.admin()).get(`/orders/${orderId}`);
  if (status !== 200 || order.total === undefined) return;
  const [paymentId] = await paymentsOf(world, orderId, order.customerId);
  const amount = { ...order.total, amount: Math.max(1, Math.floor(order.total.amount * share)) };
  if (paymentId !== undefined) await world.write(world.adminId, 'POST', `/payments/${paymentId}/refunds`, { amount, reason: 'a scratch' });
}

async function paymentsOf(world: World, orderId: string, who: string): Promise<readonly string[]> {
  const { status, body } = await (await world.client(who)).get(`/orders/${orderId}/payments`);
  return status === 200 ? (body.data as readonly { readonly paymentId: string }[]).map(({ paymentId }) => paymentId).toReversed() : [];
}

async function forget(world: World, customer: Customer): Promise<void> {
  customer.forgotten = true;
  await world.write(customer.customerId, 'DELETE', '/me');
}
