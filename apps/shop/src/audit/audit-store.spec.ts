import { money } from '@tillroll/kernel';
import { ORDERS } from '@tillroll/order/read/orders-projection';
import { AuditedShop, violationsIn } from './testing/audited-shop';
import { at, canceling, first, goodStory, idsOf, line, MINUTE, NOON, paying, placing, PRICE, purchase, refundIdOf, second, shipping, type Step, stocked, tea, third } from './testing/purchase-story';

const ofOrder = (orderId: string) => ({ orderId, customerId: idsOf(first).customerId });
const stockEvent = { productId: 'tea', onHand: 8, held: 1, committed: 0 };
const withoutLast = (steps: readonly Step[], count = 1): readonly Step[] => steps.slice(0, -count);
const streamsWith = (steps: readonly Step[], prefix: string): readonly Step[] => steps.filter(([streamId]) => streamId.startsWith(prefix));
const without = (steps: readonly Step[], type: string): readonly Step[] => steps.filter(([, event]) => event.type !== type);
const changed = (steps: readonly Step[], type: string, change: object): readonly Step[] =>
  steps.map(([streamId, event]): Step => [streamId, event.type === type ? { ...event, ...change } : event]);

const stranger = purchase(7);
const fourth = purchase(3, 2);

describe('the audit of a whole store', () => {
  let shop: AuditedShop;
  beforeEach(async () => {
    shop = new AuditedShop();
    await shop.project();
  });
  afterEach(() => shop.close());

  it('finds nothing in a good story, and says what it looked at', async () => {
    await shop.tell(goodStory);
    const report = await shop.audit();
    expect(violationsIn(report)).toEqual([]);
    expect(report).toMatchObject({ events: goodStory.length, violations: 0 });
    expect(report.invariants.map(({ invariant, checked }) => [invariant, checked])).toEqual([
      [1, 1], [2, 1], [3, 3], [4, 3], [5, 3], [6, 3], [7, goodStory.length], [8, 3], [9, 3],
    ]);
  });

  it('finds nothing wherever a good story stands, while it may be going on', async () => {
    for (const step of goodStory) {
      await shop.tell([step]);
      expect(violationsIn(await shop.audit(4))).toEqual([]);
    }
  });

  it('judges a shop that stands still by the time of its last event', async () => {
    await shop.tell(goodStory.slice(0, -4));
    expect(violationsIn(await shop.audit(20))).not.toEqual([]);
    expect(violationsIn(await shop.auditAsOfLastEvent())).toEqual([]);
  });

  it('gives a limit that changes while an order is placed the benefit of the doubt', async () => {
    await shop.tell([...stocked, ['product-tea', { type: 'ProductChanged', ...tea, purchaseLimit: { quantity: 1 } }], ...placing(first)]);
    expect(violationsIn(await shop.audit(4))).toEqual([]);
  });

  it('lets a shortfall explain that more is promised than is there', async () => {
    await shop.tell([
      ...goodStory,
      ['stock-tea', { type: 'StockAdjusted', productId: 'tea', delta: -8, reason: 'counted', onHand: 0, held: 1, committed: 0 }],
      ['stock-tea', { type: 'ShortfallRecorded', productId: 'tea', shortfall: 1, onHand: 0, held: 1, committed: 0 }],
    ]);
    expect(violationsIn(await shop.audit())).toEqual([]);
  });

  it('lets a shortfall explain that more was sent out than was counted', async () => {
    await shop.tell([
      ...stocked,
      ...placing(first),
      ...paying(first),
      ['stock-tea', { type: 'StockAdjusted', productId: 'tea', delta: -10, reason: 'counted', onHand: 0, held: 0, committed: 2 }],
      ['stock-tea', { type: 'ShortfallRecorded', productId: 'tea', shortfall: 2, onHand: 0, held: 0, committed: 2 }],
      ...shipping(first, 0),
    ]);
    expect(violationsIn(await shop.audit())).toEqual([]);
  });

  it('lets an order wait for a provider that does not answer', async () => {
    const waiting: readonly Step[] = [
      ...withoutLast(canceling(second), 3),
      [`payment-${second.paymentId}`, { type: 'RefundCheckScheduled', ...idsOf(second), refundId: refundIdOf(second), amount: money(3_000, 'EUR'), outcome: 'unanswered', nextCheckAt: at(60) }],
    ];
    await shop.tell([...stocked, ...placing(second), ...paying(second), ...waiting]);
    expect(violationsIn(await shop.audit(60))).toEqual([]);
    expect(violationsIn(await shop.audit(66)).map(({ invariant }) => invariant)).toEqual([5, 8]);
  });

  it.each<[number, string, RegExp, readonly Step[]]>([
    [1, 'less than nothing on hand', /1 held and 0 committed of -1 on hand/, [['stock-tea', { ...stockEvent, type: 'StockAdjusted', delta: -9, reason: 'counted', onHand: -1 }]]],
    [1, 'an oversell', /1 held and 8 committed of 8 on hand/, [['stock-tea', { ...stockEvent, type: 'StockCommitted', orderId: first.orderId, quantity: 8, committed: 8 }]]],
    [2, 'goods out of nothing', /received \+ adjusted - shipped is 9, on hand is 12/, [['stock-tea', { ...stockEvent, type: 'StockAdjusted', delta: 1, reason: 'received', onHand: 12 }]]],
    [2, 'a total that is not the sum of the holds', /the live holds make 1, held is 2/, [['stock-tea', { ...stockEvent, type: 'StockAdjusted', delta: 0, reason: 'counted', held: 2 }]]],
    [2, 'a total that is not the sum of the commitments', /the live commitments make 0, committed is 2/, [['stock-tea', { ...stockEvent, type: 'StockAdjusted', delta: 0, reason: 'counted', committed: 2 }]]],
    [2, 'a hold of nobody', /units are held for a reservation that is none/, [['stock-tea', { ...stockEvent, type: 'StockHeld', orderId: stranger.orderId, quantity: 2, held: 3, expiresAt: at(31) }]]],
    [2, 'a hold that outlived its reservation', /units are held for a reservation that is released/, [[`reservation-${third.orderId}`, { type: 'ReservationReleased', orderId: third.orderId, reason: 'order_canceled' }]]],
    [2, 'a reservation without units', /0 are held where the reservation has 1/, [['stock-tea', { ...stockEvent, type: 'StockReleased', orderId: third.orderId, quantity: 1, held: 0, reason: 'expired', at: at(5) }]]],
    [3, 'an ended order that keeps its stock', /canceled has a reservation that is held/, [[`order-${third.orderId}`, { type: 'OrderCanceled', ...ofOrder(third.orderId), reason: 'late', by: 'customer' }]]],
    [3, 'a delivered order that keeps its stock', /delivered has a reservation that is held/, [[`order-${third.orderId}`, { type: 'OrderDelivered', ...ofOrder(third.orderId) }]]],
    [3, 'a confirmed order without stock', /confirmed has a reservation that is held/, [[`order-${third.orderId}`, { type: 'OrderConfirmed', ...idsOf(third), amount: PRICE, paymentStatus: 'paid' }]]],
    [3, 'goods that left for a canceled order', /the goods of an order that is canceled were shipped/, [[`reservation-${second.orderId}`, { type: 'ReservationShipped', orderId: second.orderId }]]],
    [3, 'goods that were shipped twice', /a reservation ended twice/, [['stock-tea', { ...stockEvent, type: 'StockShipped', orderId: first.orderId, quantity: 2, onHand: 6, at: at(5) }]]],
    [3, 'a reservation of no order', /a reservation has no order/, streamsWith(placing(stranger), 'reservation-')],
    [4, 'a wrong total', /the lines make 2000, the total is 1/, changed(placing(fourth, 8), 'OrderPlaced', { total: money(1, 'EUR') })],
    [4, 'other prices than those of the lock', /another lines, total than its cart was locked with/, changed(placing(fourth, 8), 'OrderPlaced', { lines: [{ ...line(fourth), unitPrice: money(1, 'EUR'), lineTotal: money(2, 'EUR') }], total: money(2, 'EUR') })],
    [4, 'other lines than those of the cart', /the lines of the order are not those of its cart/, changed(placing(fourth, 8), 'ItemAdded', { quantity: 1 })],
    [4, 'a finished checkout whose cart is open', /the cart of a completed checkout is not checked out/, without(placing(fourth, 8), 'CartCheckedOut')],
    [4, 'a sale whose cart is open', /the order has its stock, the cart is not its own/, [...without(without(placing(fourth, 8), 'CartCheckedOut'), 'CheckoutCompleted'), ...paying(fourth, 8)]],
    [4, 'a cart that was sold to nobody', /checked out for an order that does not exist/, streamsWith(placing(fourth, 8), 'cart-')],
    [5, 'more paid back than taken', /more was paid back than was taken/, [[`payment-${second.paymentId}`, { type: 'RefundSucceeded', ...idsOf(second), refundId: refundIdOf(second), amount: money(3_000, 'EUR'), reference: 're_2', time: at(5) }]]],
    [5, 'money kept of an order that fell through', /2000 is kept of an order that is canceled/, [...placing(fourth, 8), ...paying(fourth, 8), ...withoutLast(canceling(fourth, 8), 4)]],
    [5, 'an order paid twice', /2000 is kept for an order of 1000/, [...paying(third, 8), ...streamsWith(paying({ ...third, paymentId: stranger.paymentId }, 8), 'payment-')]],
    [6, 'a payment that the order does not know', /the order knows of 0 captured, the payments of 1000/, streamsWith(paying(third, 8), 'payment-')],
    [6, 'a payment that confirmed nothing', /a captured payment confirmed nothing/, without(paying(third, 8), 'OrderConfirmed')],
    [6, 'a payment of no order', /a payment has no order/, streamsWith(paying(stranger, 8), 'payment-')],
    [7, 'an event that nobody hears of', /StockStolen is not published/, [['stock-tea', { ...stockEvent, type: 'StockStolen' } as unknown as Step[1]]]],
    [8, 'a checkout without an answer', /a checkout got no answer/, streamsWith(placing(stranger), 'checkout-').slice(0, 1)],
    [8, 'a checkout that the order never ended', /a checkout got no answer/, without(placing(fourth, 8), 'CheckoutCompleted')],
    [8, 'a compensation that stands still', /a compensation does not go on/, [[`order-${third.orderId}`, { type: 'OrderCanceled', ...ofOrder(third.orderId), reason: 'late', by: 'customer' }]]],
    [8, 'a refund that nobody asks about', /a refund that is requested does not go on/, [[`payment-${first.paymentId}`, { type: 'RefundRequested', ...idsOf(first), refundId: stranger.paymentId, amount: money(100, 'EUR'), reason: 'broken' }]]],
    [9, 'more bought than is allowed', /7 bought where 6 are allowed/, placing(purchase(3, 4), 8)],
  ])('invariant %i: finds %s', async (invariant, _name, message, steps) => {
    await shop.tell(goodStory);
    shop.clock.jumpTo(NOON + MINUTE);
    await shop.tell(steps);
    const found = violationsIn(await shop.audit()).filter((violation) => violation.invariant === invariant);
    expect(found.map((violation) => violation.message)).toContainEqual(expect.stringMatching(message));
  });

  it('invariant 8: finds an unpaid order that outlived its window', async () => {
    await shop.tell(goodStory);
    expect(violationsIn(await shop.audit(34))).toEqual([]);
    expect(violationsIn(await shop.audit(36))).toMatchObject([{ invariant: 8, message: 'an unpaid order outlived its payment window', streams: [`order-${third.orderId}`] }]);
  });

  it('gives documents time to follow the events', async () => {
    await shop.tell([...stocked, ...placing(first)]);
    await shop.stopProjecting();
    await shop.tell([...paying(first), ...shipping(first), ...placing(second, 8)]);
    expect(violationsIn(await shop.audit())).toEqual([]);
  });

  it('invariant 7: finds orders that are not listed, or listed as they were', async () => {
    await shop.tell(goodStory);
    await shop.stopProjecting();
    await shop.forge(ORDERS, first.orderId, { revision: 4 });
    await shop.forge(ORDERS, second.orderId, undefined);
    expect(violationsIn(await shop.audit())).toEqual([
      { invariant: 7, message: 'the order is listed as it was at revision 4, and is at 8', streams: [`order-${first.orderId}`] },
      { invariant: 7, message: 'the order is not listed', streams: [`order-${second.orderId}`] },
    ]);
  });

  it('invariant 7: finds a listed order that is not the fold of its events', async () => {
    await shop.tell(goodStory);
    await shop.stopProjecting();
    await shop.forge(ORDERS, third.orderId, { status: 'delivered' });
    expect(violationsIn(await shop.audit())).toEqual([{ invariant: 7, message: 'the listed order is not the fold of its events at revision 1', streams: [`order-${third.orderId}`] }]);
  });
});
