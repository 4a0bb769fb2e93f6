import { createLog } from '@tillroll/http';
import { until } from '@tillroll/testing';
import { LiveAudit } from './live-audit';
import { AuditedShop } from './testing/audited-shop';
import { canceling, first, goodStory, idsOf, MINUTE, paying, placing, second, shipping, type Step, stocked, third } from './testing/purchase-story';

const ofOrder = (orderId: string) => ({ orderId, customerId: idsOf(first).customerId });
const canceledOnly: Step = [`order-${third.orderId}`, { type: 'OrderCanceled', ...ofOrder(third.orderId), reason: 'late', by: 'customer' }];
const oversold: Step = ['stock-tea', { type: 'StockAdjusted', productId: 'tea', delta: -8, reason: 'counted', onHand: 0, held: 1, committed: 0 }];
const explained: Step = ['stock-tea', { type: 'ShortfallRecorded', productId: 'tea', shortfall: 1, onHand: 0, held: 1, committed: 0 }];

describe('the live audit', () => {
  let shop: AuditedShop;
  let audit: LiveAudit;
  let lines: string[];
  const log = createLog({ logLevel: 'info', logFormat: 'json' }, { write: (line) => void lines.push(line) });
  beforeEach(async () => {
    shop = new AuditedShop();
    lines = [];
    audit = new LiveAudit({ store: shop.store, aggregates: shop.aggregates, clock: shop.clock, log });
    await audit.start();
  });
  afterEach(async () => {
    await audit.stop();
    await shop.close();
  });

  const minutes = (count: number) => shop.clock.advance(count * MINUTE);
  const stands = (status: 'up' | 'degraded') => expect(audit.health.check()).toMatchObject({ status });

  it('finds nothing wherever a good story stands', async () => {
    for (const step of goodStory) {
      await shop.tell([step]);
      await minutes(0.4);
      expect(audit.violations).toEqual([]);
    }
    await minutes(8);
    expect(audit.violations.map(({ message }) => message)).toEqual([]);
    stands('up');
  });

  it('looks at an order when it was touched and when it must have settled, and then no more', async () => {
    await shop.tell([...stocked, ...placing(first), ...paying(first), ...shipping(first)]);
    await minutes(1);
    expect(audit.checked).toBe(1);
    await minutes(4);
    expect(audit.checked).toBe(1);
    await minutes(2);
    expect(audit.checked).toBe(2);
    await minutes(120);
    expect(audit.checked).toBe(2);
  });

  it('finds within a minute what is wrong with a product, says it once, and sees it mended', async () => {
    await shop.tell([...goodStory, oversold]);
    await minutes(1);
    expect(audit.violations).toMatchObject([{ invariant: 1, streams: ['stock-tea'] }]);
    stands('degraded');
    await minutes(3);
    expect(lines.filter((line) => line.includes('an invariant is broken'))).toHaveLength(1);
    await shop.tell([explained]);
    await minutes(1);
    expect(audit.violations).toEqual([]);
    stands('up');
  });

  it('finds an order that is stuck in the middle of something, and sees it go on', async () => {
    await shop.tell([...goodStory, canceledOnly]);
    await minutes(5);
    expect(audit.violations).toEqual([]);
    await minutes(3);
    expect(audit.violations.map(({ invariant }) => invariant)).toEqual([3, 8]);
    await shop.tell([
      [`reservation-${third.orderId}`, { type: 'ReservationReleased', orderId: third.orderId, reason: 'order_canceled' }],
      [`order-${third.orderId}`, { type: 'OrderStockReleased', ...ofOrder(third.orderId) }],
    ]);
    await minutes(1);
    expect(audit.violations).toEqual([]);
  });

  it('finds an unpaid order that outlived its window', async () => {
    await shop.tell([...stocked, ...placing(first)]);
    await minutes(35);
    expect(audit.violations).toEqual([]);
    await minutes(3);
    expect(audit.violations).toMatchObject([{ invariant: 8, message: 'an unpaid order outlived its payment window' }]);
  });

  it('does not take a clock that was set forward for an order that stands still', async () => {
    await shop.tell([...stocked, ...placing(second), ...paying(second)]);
    const [beginning, ...rest] = canceling(second);
    await shop.tell(beginning === undefined ? [] : [beginning]);
    shop.clock.jumpTo(shop.clock.now() + 20 * MINUTE);
    await minutes(1);
    expect(audit.violations).toEqual([]);
    await shop.tell(rest);
    await minutes(10);
    expect(audit.violations).toEqual([]);
  });

  it('lets others work between two orders', async () => {
    await shop.tell([...stocked, ...[first, second, third].flatMap((purchase) => placing(purchase))]);
    let turns = 0;
    let isLooking = true;
    const takeTurns = (): void => {
      turns++;
      if (isLooking) setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    await audit.run();
    isLooking = false;
    expect(audit.checked).toBe(3);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('begins with what comes next', async () => {
    await audit.stop();
    await shop.tell([...goodStory, oversold]);
    audit = new LiveAudit({ store: shop.store, aggregates: shop.aggregates, clock: shop.clock, log });
    await audit.start();
    await minutes(10);
    expect(audit.checked).toBe(0);
    await shop.tell([oversold]);
    await until(async () => (await shop.store.head()) > goodStory.length);
    await minutes(1);
    expect(audit.violations).toMatchObject([{ invariant: 1 }]);
  });
});
