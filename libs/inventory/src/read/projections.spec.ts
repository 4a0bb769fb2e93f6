import { inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { money } from '@tillroll/kernel';
import { busEvent, projected } from '@tillroll/testing';
import fc from 'fast-check';
import { isVisible, productResource, productVersion } from './product-resource';
import { type ProductDocument, productsProjection } from './products-projection';
import { shortfallsProjection } from './shortfalls-projection';
import { stockMovementsProjection } from './stock-movements-projection';
import { stockProjection } from './stock-projection';
import { movementResource, shortfallResource, stockResource } from './stock-resource';

const productId = 'tea';
const orderId = '018e1c2e-8a40-7c1d-9d5a-7c1e5b9a2f43';
const time = (second: number): string => `2026-03-01T12:00:0${second}.000Z`;
const at = (sequence: number) => ({ sequence, position: sequence + 100, time: time(sequence), subject: 'stock-tea' });

const details = { productId, name: 'Tea', price: money(450, 'EUR'), onSale: true };
const created = busEvent(inventory.ProductCreated, details, { sequence: 0, position: 1, time: time(0) });
const renamed = busEvent(inventory.ProductChanged, { ...details, name: 'Green tea' }, { sequence: 1, position: 2, time: time(1) });
const withdrawn = busEvent(inventory.ProductWithdrawn, { ...details, onSale: false }, { sequence: 2, position: 3, time: time(2) });

const totals = (onHand: number, held: number, committed: number) => ({ onHand, held, committed });
const adjusted = busEvent(inventory.StockAdjusted, { productId, delta: 5, reason: 'delivery', ...totals(5, 0, 0) }, at(0));
const held = busEvent(inventory.StockHeld, { productId, orderId, quantity: 3, ...totals(5, 3, 0), expiresAt: time(9) }, at(1));
const refused = busEvent(inventory.StockRefused, { productId, orderId, requested: 9, available: 2 }, at(2));
const committed = busEvent(inventory.StockCommitted, { productId, orderId, quantity: 3, ...totals(5, 0, 3) }, at(3));
const counted = busEvent(inventory.StockAdjusted, { productId, delta: -4, reason: 'counted', ...totals(1, 0, 3) }, at(4));
const short = busEvent(inventory.ShortfallRecorded, { productId, shortfall: 2, ...totals(1, 0, 3) }, at(5));
const shipped = busEvent(inventory.StockShipped, { productId, orderId, quantity: 3, ...totals(-2, 0, 0) }, at(6));
const found = busEvent(inventory.StockAdjusted, { productId, delta: 2, reason: 'found', ...totals(0, 0, 0) }, at(7));
const over = busEvent(inventory.ShortfallRecorded, { productId, shortfall: 0, ...totals(0, 0, 0) }, at(8));

const catalogue = (...events: readonly BusEvent[]): ProductDocument | undefined => projected(productsProjection, events).get(productId);

describe('the catalogue', () => {
  it('shows a product as it is, with what is available', () => {
    const document = catalogue(created, adjusted, held, renamed);
    expect(isVisible(document, false) && productResource(document.details, document.available)).toEqual({ ...details, name: 'Green tea', available: 2 });
  });

  it('shows a withdrawn product to admins only, and nobody one that does not exist', () => {
    expect(isVisible(catalogue(created, withdrawn), false)).toBe(false);
    expect(isVisible(catalogue(created, withdrawn), true)).toBe(true);
    expect(isVisible(undefined, true)).toBe(false);
  });

  it('does not list stock of which the product is not known', () => {
    expect(catalogue(adjusted)).toMatchObject({ known: false, onSale: false });
    expect(isVisible(catalogue(adjusted), true)).toBe(false);
  });

  it('never shows less than nothing', () => expect(productResource(details, -2).available).toBe(0));

  it('has another version after every change', () => {
    const versions = [created, adjusted, held, renamed, committed, withdrawn].map((_, index, all) => {
      const document = catalogue(...all.slice(0, index + 1));
      return document === undefined ? undefined : productVersion(document.productRevision, document.stockRevision);
    });
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('is the same in whatever order the streams of product and stock arrive', () => {
    const product = [created, renamed, withdrawn];
    const stock = [adjusted, held, committed];
    const anyMerge = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }).map((choices) => {
      const [ofProduct, ofStock] = [[...product], [...stock]];
      return choices.flatMap((first) => (first ? (ofProduct.shift() ?? ofStock.shift()) : (ofStock.shift() ?? ofProduct.shift())) ?? []);
    });
    fc.assert(fc.property(anyMerge, (events) => expect(catalogue(...events)).toEqual(catalogue(...product, ...stock))));
  });
});

describe('the stock', () => {
  const stock = (...events: readonly BusEvent[]) => projected(stockProjection, events).get(productId);

  it('has the totals of its newest event', () => {
    expect(stock(adjusted, held)).toEqual({ productId, ...totals(5, 3, 0), revision: 1 });
    expect(stockResource(productId, totals(1, 0, 3))).toEqual({ productId, ...totals(1, 0, 3), available: -2 });
  });

  it('has the revision also of an event that moves nothing', () => expect(stock(adjusted, held, refused)).toEqual({ productId, ...totals(5, 3, 0), revision: 2 }));
});

describe('the movements', () => {
  it('are one for each event that moved something', () => {
    const released = busEvent(inventory.StockReleased, { productId, orderId, quantity: 1, ...totals(5, 0, 0), reason: 'expired' }, at(9));
    const all = projected(stockMovementsProjection, [adjusted, held, refused, committed, counted, short, shipped, released]);
    expect([...all.values()].map(movementResource)).toEqual([
      { revision: 0, time: time(0), type: 'adjusted', quantity: 5, reason: 'delivery' },
      { revision: 1, time: time(1), type: 'held', quantity: 3, orderId },
      { revision: 3, time: time(3), type: 'committed', quantity: 3, orderId },
      { revision: 4, time: time(4), type: 'adjusted', quantity: -4, reason: 'counted' },
      { revision: 6, time: time(6), type: 'shipped', quantity: 3, orderId },
      { revision: 9, time: time(9), type: 'released', quantity: 1, orderId, reason: 'expired' },
    ]);
  });
});

describe('the shortfalls', () => {
  const shortfalls = (...events: readonly BusEvent[]) => [...projected(shortfallsProjection, events).values()].map(shortfallResource);

  it('are listed while they last', () => {
    expect(shortfalls(adjusted, held, committed, counted)).toEqual([]);
    expect(shortfalls(adjusted, held, committed, counted, short)).toEqual([{ productId, ...totals(1, 0, 3), available: -2, shortfall: 2, since: time(5) }]);
    expect(shortfalls(short, shipped)).toEqual([{ productId, ...totals(-2, 0, 0), available: -2, shortfall: 2, since: time(5) }]);
    expect(shortfalls(short, shipped, found, over)).toEqual([]);
  });
});
