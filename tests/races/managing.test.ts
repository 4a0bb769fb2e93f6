import { randomUUID } from 'node:crypto';
import { endedOrder, happeningsTo, orderOf, statusesOf, stockOf } from '../support/shop-books';
import { type Answer, type Customer, eventually, expecting, newProduct, payFor, placeOrder } from '../support/shop-client';
import { shopOfThisFile } from '../support/shop-of-this-file';

describe('races of managing orders', () => {
  const shop = shopOfThisFile({ settings: { REFUND_RETRY: 'PT0.2S,PT0.3S' } });
  const ada = () => shop().customers[0] as Customer;
  let productId: string;
  beforeAll(async () => void (productId = await newProduct(shop().admin, { stock: 100 })));

  const euros = (amount: number) => ({ amount, currency: 'EUR' });
  const cancel = (orderId: string) => ada().client.post(`/orders/${orderId}/cancel`, { reason: 'changed my mind' });
  const advance = (orderId: string, to: string) => shop().admin.post(`/orders/${orderId}/transitions`, { to });
  const refund = (paymentId: string, amount: number) => shop().admin.post(`/payments/${paymentId}/refunds`, { amount: euros(amount), reason: 'broken' }, { key: randomUUID() });

  async function paidOrder(method = 'card_ok'): Promise<{ readonly orderId: string; readonly paymentId: string }> {
    const order = await expecting(201, placeOrder(ada(), productId));
    const { paymentId } = await expecting(201, payFor(ada(), order, method));
    await eventually(() => orderOf(ada().client, order.orderId), ({ stockStatus }) => stockStatus === 'committed');
    return { orderId: order.orderId, paymentId };
  }

  it('R3: cancel and ship at the same time: one wins, the other gets 409; stock is never both released and shipped', async () => {
    const before = await stockOf(shop().admin, productId);
    const orders: string[] = [];
    for (let i = 0; i < 8; i++) orders.push((await paidOrder()).orderId);
    await Promise.all(orders.map((orderId) => expecting(200, advance(orderId, 'processing'))));
    const races = orders.map(async (orderId, i): Promise<readonly [Answer, Answer]> => {
      const calls = [() => cancel(orderId), () => advance(orderId, 'shipped')];
      const [first, second] = await Promise.all((i % 2 === 0 ? calls : calls.reverse()).map((call) => call()));
      return (i % 2 === 0 ? [first, second] : [second, first]) as [Answer, Answer];
    });
    let shipped = 0;
    for (const [i, race] of races.entries()) {
      const [canceled, sent] = await race;
      const orderId = orders[i] ?? '';
      if (sent.status === 200) {
        shipped++;
        expect(canceled).toMatchObject({ status: 409, body: { code: 'order_not_cancelable', from: 'shipped' } });
      } else {
        expect(sent).toMatchObject({ status: 409, body: { code: 'invalid_transition', from: 'canceled', to: 'shipped', allowed: [] } });
        expect([200, 202]).toContain(canceled.status);
        expect(await endedOrder(ada().client, orderId)).toMatchObject({ paymentStatus: 'refunded', stockStatus: 'released' });
      }
    }
    await eventually(() => stockOf(shop().admin, productId), ({ onHand, committed }) => onHand === before.onHand - shipped && committed === 0);
    for (const orderId of orders) {
      const { 'stock-released': released = 0, 'stock-shipped': sent = 0 } = await happeningsTo(shop().admin, orderId);
      expect(released + sent).toBe(1);
    }
  });

  it('R3: many admins ship one order at once: one does', async () => {
    const { orderId } = await paidOrder();
    await expecting(200, advance(orderId, 'processing'));
    const answers = await Promise.all(Array.from({ length: 4 }, () => advance(orderId, 'shipped')));
    expect(statusesOf(answers)).toEqual([200, 409, 409, 409]);
    for (const { status, body } of answers) if (status === 409) expect(body).toMatchObject({ code: 'invalid_transition', from: 'shipped', allowed: ['delivered'] });
  });

  it('R17: a refund that fails: retried, then it needs attention; the order keeps showing the money held', async () => {
    const { orderId, paymentId } = await paidOrder('card_refund_fails');
    expect(await cancel(orderId)).toMatchObject({ status: 202, body: { status: 'canceled', compensating: true } });
    const listed = async () => (await expecting(200, shop().admin.get('/admin/refunds?status=needs_attention&limit=100'))).data;
    const [refundInAttention] = await eventually(listed, ({ length }) => length > 0);
    expect(refundInAttention).toMatchObject({ paymentId, amount: euros(1_000), attempts: 3, status: 'needs_attention' });
    expect(await orderOf(ada().client, orderId)).toMatchObject({ status: 'canceled', paymentStatus: 'paid', stockStatus: 'released', compensating: true });
    expect(await happeningsTo(shop().admin, orderId)).toMatchObject({ 'refund-requested': 1, 'refund-failed': 3, 'refund-needs-attention': 1 });

    const retries = await Promise.all(Array.from({ length: 3 }, () => shop().admin.post(`/refunds/${refundInAttention.refundId}/retry`)));
    expect(statusesOf(retries)).toEqual([202, 202, 202]);
    expect(await orderOf(ada().client, orderId)).toMatchObject({ paymentStatus: 'paid', compensating: true });
  });

  it('R18: the order shows the money that went back as soon as the refund is answered', async () => {
    for (const [amount, paymentStatus] of [[400, 'partially_refunded'], [1_000, 'refunded']] as const) {
      const { orderId, paymentId } = await paidOrder();
      await expecting(201, refund(paymentId, amount));
      expect(await orderOf(ada().client, orderId)).toMatchObject({ status: 'confirmed', paymentStatus });
    }
  });

  it('R18: two admins refund at once: one budget', async () => {
    const { orderId, paymentId } = await paidOrder();
    const answers = await Promise.all([refund(paymentId, 600), refund(paymentId, 600)]);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'refund_exceeds_captured', captured: euros(1_000) });
    expect(refused?.body.refunded.amount + refused?.body.pending.amount).toBe(600);
    expect(await shop().provider.intentsOf(orderId)).toMatchObject([{ captured: 1_000, refunded: 600 }]);
    await eventually(() => orderOf(ada().client, orderId), ({ paymentStatus }) => paymentStatus === 'partially_refunded');
  });

  it('R18: ten partial refunds and a cancellation at once: all that was paid goes back, and no more', async () => {
    const { orderId, paymentId } = await paidOrder();
    const [canceled, ...refunds] = await Promise.all([cancel(orderId), ...Array.from({ length: 10 }, () => refund(paymentId, 150))]);
    expect([200, 202]).toContain(canceled.status);
    for (const { status } of refunds) expect([201, 202, 409]).toContain(status);
    expect(await endedOrder(ada().client, orderId)).toMatchObject({ status: 'canceled', paymentStatus: 'refunded' });
    expect(await shop().provider.intentsOf(orderId)).toMatchObject([{ captured: 1_000, refunded: 1_000 }]);
  });
});
