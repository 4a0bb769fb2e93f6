import { randomUUID } from 'node:crypto';
import { cartIdOf, orderIdOf } from '@tillroll/contracts';
import { type CrashPoint, MortalShop, swallowed } from '../support/mortal-shop';
import { happeningsTo, orderOf, stockOf } from '../support/shop-books';
import { ADDRESS, type Answer, type Customer, eventually, expecting, newProduct, payFor, placeOrder } from '../support/shop-client';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** Each crash is a start of the shop. */
jest.setTimeout(180_000);

describe('races with the end of the process', () => {
  let shop: MortalShop;
  afterEach(() => shop.close());

  async function open(settings: Readonly<Record<string, string>> = {}): Promise<{ readonly customer: Customer; readonly productId: string }> {
    shop = new MortalShop(settings);
    await shop.start();
    return { productId: await newProduct(shop.admin, { stock: 10 }), customer: await shop.newCustomer() };
  }

  it('R8: crash between the gateway call and storing its answer: the same gateway object, also for a refund', async () => {
    const { customer, productId } = await open({ REFUND_RETRY: 'PT0.2S' });
    const ada = () => shop.here(customer);
    const order = await expecting(201, placeOrder(customer, productId));
    const payment = { amount: order.total, method: 'card_ok', returnUrl: 'http://127.0.0.1/back' };

    await shop.restart('before PaymentCaptured', { kill: true });
    await swallowed(ada().client, 'POST', `/orders/${order.orderId}/payments`, { body: payment, key: 'pay' });
    await shop.restart('before RefundSucceeded');
    const paid = await eventually(() => payFor(ada(), order, 'card_ok', 'pay'), ({ status }) => status !== 503);
    expect(paid).toMatchObject({ status: 201, body: { status: 'captured' } });
    expect(await shop.provider.intentsOf(order.orderId)).toMatchObject([{ paymentId: paid.body.paymentId, captured: 1_000, refunded: 0 }]);

    const refund = { body: { amount: eur(400), reason: 'a scratch' }, key: 'refund' };
    await swallowed(shop.admin, 'POST', `/payments/${paid.body.paymentId}/refunds`, refund);
    await shop.restart();
    const refunded = await shop.admin.request('POST', `/payments/${paid.body.paymentId}/refunds`, refund);
    expect([201, 202]).toContain(refunded.status);
    await eventually(() => orderOf(ada().client, order.orderId), ({ paymentStatus }) => paymentStatus === 'partially_refunded');
    expect(await shop.provider.intentsOf(order.orderId)).toMatchObject([{ captured: 1_000, refunded: 400 }]);
    expect(await happeningsTo(shop.admin, order.orderId)).toMatchObject({ 'payment-captured': 1, 'refund-requested': 1, 'refund-succeeded': 1 });
  });

  it('R13: any write repeated with its key, also after a crash that swallowed the answer: its first outcome', async () => {
    const { customer, productId } = await open();
    const ada = () => shop.here(customer).client;
    const admin = () => shop.admin;
    let order: Answer['body'];
    let payment: Answer['body'];

    const writes: readonly {
      readonly crash: CrashPoint;
      readonly by: () => ReturnType<typeof ada>;
      readonly write: () => readonly [method: string, path: string, body: unknown];
      readonly outcome: (answer: Answer) => void;
    }[] = [
      {
        crash: 'after StockAdjusted',
        by: admin,
        write: () => ['POST', `/products/${productId}/stock-adjustments`, { delta: 5, reason: 'received' }],
        outcome: (answer) => expect(answer).toMatchObject({ status: 201, body: { onHand: 15 } }),
      },
      {
        crash: 'after AddressAdded',
        by: ada,
        write: () => ['POST', '/me/addresses', ADDRESS],
        outcome: (answer) => expect(answer).toMatchObject({ status: 201, body: { addressId: expect.any(String) } }),
      },
      {
        crash: 'after ItemAdded',
        by: ada,
        write: () => ['POST', '/cart/items', { productId, quantity: 2 }],
        outcome: (answer) => expect(answer).toMatchObject({ status: 200, body: { lines: [{ productId, quantity: 2 }] } }),
      },
      {
        crash: 'after CheckoutCompleted',
        by: ada,
        write: () => ['POST', '/orders', { addressId: customer.addressId }],
        outcome: (answer) => {
          expect(answer).toMatchObject({ status: 201, body: { status: 'pending', lines: [{ quantity: 2 }] } });
          order = answer.body;
        },
      },
      {
        crash: 'after OrderConfirmed',
        by: ada,
        write: () => ['POST', `/orders/${order.orderId}/payments`, { amount: order.total, method: 'card_ok', returnUrl: 'http://127.0.0.1/back' }],
        outcome: (answer) => {
          expect(answer).toMatchObject({ status: 201, body: { status: 'captured' } });
          payment = answer.body;
        },
      },
      {
        crash: 'after OrderProcessing',
        by: admin,
        write: () => ['POST', `/orders/${order.orderId}/transitions`, { to: 'processing' }],
        outcome: (answer) => expect(answer).toMatchObject({ status: 200, body: { status: 'processing' } }),
      },
      {
        crash: 'after RefundSucceeded',
        by: admin,
        write: () => ['POST', `/payments/${payment.paymentId}/refunds`, { amount: eur(700), reason: 'a scratch' }],
        outcome: (answer) => expect(answer).toMatchObject({ status: 201, body: { status: 'succeeded', amount: eur(700) } }),
      },
      {
        crash: 'after OrderCanceled',
        by: ada,
        write: () => ['POST', `/orders/${order.orderId}/cancel`, { reason: 'changed my mind' }],
        outcome: (answer) => {
          expect([200, 202]).toContain(answer.status);
          expect(answer.body).toMatchObject({ status: 'canceled' });
        },
      },
    ];

    await shop.stop();
    await shop.start(writes[0]?.crash);
    for (const [i, { by, write, outcome }] of writes.entries()) {
      const [method, path, body] = write();
      const options = { body, key: 'the-same-key' };
      await swallowed(by(), method, path, options);
      await shop.restart(writes[i + 1]?.crash);
      const answer = await by().request(method, path, options);
      outcome(answer);
      const replayed = await by().request(method, path, options);
      expect([replayed.status, replayed.headers.get('idempotent-replayed'), replayed.body]).toEqual([answer.status, 'true', answer.body]);
    }

    expect((await expecting(200, ada().get('/orders'))).data).toHaveLength(1);
    const ended = await eventually(() => orderOf(ada(), order.orderId), ({ compensating }) => compensating === false);
    expect(ended).toMatchObject({ status: 'canceled', paymentStatus: 'refunded', stockStatus: 'released' });
    expect(await shop.provider.intentsOf(order.orderId)).toMatchObject([{ captured: 2_000, refunded: 2_000 }]);
    expect(await stockOf(admin(), productId)).toMatchObject({ onHand: 15, held: 0, committed: 0 });
    expect((await expecting(200, ada().get('/me/addresses'))).data).toHaveLength(2);
  });

  it('R13: the same for a request that had only joined another one', async () => {
    const { customer, productId } = await open();
    const ada = () => shop.here(customer);
    const place = (key: string) => ({ body: { addressId: customer.addressId }, key });
    await expecting(200, ada().client.post('/cart/items', { productId, quantity: 1 }));
    await shop.restart('hold CartLocked,after CheckoutJoined', { kill: true });
    await Promise.all(['one tab', 'another tab'].map((key) => swallowed(ada().client, 'POST', '/orders', place(key))));
    await shop.restart('after OrderPaymentJoined');
    const order = await eventually(() => ada().client.request('POST', '/orders', place('one tab')), ({ status }) => status !== 202);
    expect(order.status).toBe(201);
    expect(await ada().client.request('POST', '/orders', place('another tab'))).toMatchObject({ status: 201, body: { orderId: order.body.orderId } });

    const first = await expecting(201, payFor(ada(), order.body, 'card_redirect', 'one tab'));
    const payment = { body: { amount: order.body.total, method: 'card_redirect', returnUrl: 'http://127.0.0.1/back' }, key: 'another tab' };
    await swallowed(ada().client, 'POST', `/orders/${order.body.orderId}/payments`, payment);
    await shop.restart();
    const [intent] = await shop.provider.intentsOf(order.body.orderId);
    expect(await shop.provider.answer(intent?.id ?? '', 'approve')).toBe(303);
    await eventually(() => orderOf(ada().client, order.body.orderId), ({ status }) => status === 'confirmed');
    const joined = await ada().client.request('POST', `/orders/${order.body.orderId}/payments`, payment);
    expect(joined).toMatchObject({ status: 200, body: { paymentId: first.paymentId, status: 'captured' } });
  });

  it('R13: a checkout that was cut off for longer than its lease is decided anew for its key', async () => {
    const { customer, productId } = await open();
    const ada = () => shop.here(customer).client;
    const place = { body: { addressId: customer.addressId }, key: 'the-same-key' };
    await expecting(200, ada().post('/cart/items', { productId, quantity: 2 }));
    await shop.restart('after CartLocked', { kill: true, settings: { CHECKOUT_LEASE: 'PT0.1S' } });
    await swallowed(ada(), 'POST', '/orders', place);
    await shop.restart();
    expect(await ada().request('POST', '/orders', place)).toMatchObject({ status: 201, body: { status: 'pending', lines: [{ quantity: 2 }] } });
    expect((await expecting(200, ada().get('/orders'))).data).toHaveLength(1);
  });

  it('R13: an order that ended while the shop was down is still the one of its key', async () => {
    const { customer, productId } = await open();
    const ada = () => shop.here(customer).client;
    const place = (key: string) => ada().post('/orders', { addressId: customer.addressId }, { key });
    await expecting(200, ada().post('/cart/items', { productId, quantity: 2 }));
    await shop.restart('after OrderPlaced', { kill: true, settings: { CHECKOUT_LEASE: 'PT0.1S', PAYMENT_WINDOW: 'PT0.1S' } });
    await expect(place('first')).rejects.toThrow();
    await shop.restart();
    const ended = await eventually(() => place('first'), ({ status }) => status !== 202);
    const orderId = orderIdOf(cartIdOf(customer.customerId, 0), 0);
    expect(ended).toMatchObject({ status: 201, body: { orderId } });
    expect(['expired', 'rejected']).toContain(ended.body.status);

    expect(await eventually(() => place('second'), ({ status }) => status !== 202)).toMatchObject({ status: 201, body: { status: 'pending', lines: [{ quantity: 2 }] } });
    await eventually(() => orderOf(ada(), orderId), ({ compensating }) => compensating === false);
    expect((await place('first')).body.orderId).toBe(orderId);
    expect(await stockOf(shop.admin, productId)).toMatchObject({ held: 2 });
  });

  it('R14: an order whose stock stays undecided is given up with the lease, and the cart is free', async () => {
    const { customer, productId } = await open({ CHECKOUT_LEASE: 'PT3S' });
    const ada = () => shop.here(customer);
    await expecting(200, ada().client.post('/cart/items', { productId, quantity: 2 }));
    await shop.restart('hold ReservationRequested', { kill: true });
    const undecided = await ada().client.post('/orders', { addressId: customer.addressId }, { key: 'first' });
    expect(undecided).toMatchObject({ status: 202, body: { status: 'pending', stockStatus: 'requested' } });
    await eventually(() => orderOf(ada().client, undecided.body.orderId), ({ status }) => status === 'rejected');
    await eventually(() => ada().client.patch(`/cart/items/${productId}`, { quantity: 1 }), ({ status }) => status === 200);
    expect(await ada().client.post('/orders', { addressId: customer.addressId }, { key: 'second' })).toMatchObject({ status: 201, body: { lines: [{ quantity: 1 }] } });

    await shop.restart(undefined, { kill: true });
    await eventually(() => orderOf(ada().client, undecided.body.orderId), ({ compensating }) => compensating === false);
    expect(await stockOf(shop.admin, productId)).toMatchObject({ onHand: 10, held: 1 });
  });

  it('R14: a checkout that nobody finishes keeps the cart locked until its lease is over', async () => {
    const { customer, productId } = await open({ CHECKOUT_LEASE: 'PT3S' });
    const ada = () => shop.here(customer);
    await expecting(200, ada().client.post('/cart/items', { productId, quantity: 1 }));
    await shop.restart('hold OrderPlaced', { kill: true });
    const placing = ada().client.post('/orders', { addressId: customer.addressId }, { key: randomUUID() });
    const add = () => ada().client.post('/cart/items', { productId, quantity: 1 });
    const refused = await eventually(add, ({ status }) => status !== 200);
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_locked' } });
    expect(refused.body.retryAfterMs).toBeLessThanOrEqual(3_000);
    const undecided = await placing;
    expect(undecided.status).toBe(202);
    expect(await ada().client.get(undecided.headers.get('location') ?? '')).toMatchObject({ status: 200, body: { orderId: undecided.body.orderId, status: 'pending' } });

    await shop.restart(undefined, { kill: true });
    const added = await eventually(add, ({ status }) => status !== 409);
    const { quantity } = added.body.lines[0];
    const placed = await expecting(201, ada().client.post('/orders', { addressId: customer.addressId }, { key: randomUUID() }));
    expect(placed).toMatchObject({ lines: [{ productId, quantity }] });
    expect((await expecting(200, ada().client.get('/orders'))).data).toHaveLength(1);
    expect(await stockOf(shop.admin, productId)).toMatchObject({ held: quantity });
  });
});
