import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cartProjections, cartPublications } from '@tillroll/cart';
import { cartType } from '@tillroll/cart/aggregate-types';
import { publicContracts } from '@tillroll/contracts';
import { customerProjections, customerPublications } from '@tillroll/customer';
import { accountType } from '@tillroll/customer/account-types';
import { createTranslator } from '@tillroll/event-bus';
import type { RecordedEvent } from '@tillroll/event-store';
import { inventoryProjections, inventoryPublications } from '@tillroll/inventory';
import { productType, stockType } from '@tillroll/inventory/aggregate-types';
import { orderProjections, orderPublications } from '@tillroll/order';
import { orderType } from '@tillroll/order/order-types';
import { paymentProjections, paymentPublications } from '@tillroll/payment';
import { paymentType } from '@tillroll/payment/payment-types';
import type { AggregateType, DomainEvent } from '@tillroll/processing';

const fixtures = resolve(__dirname, '../../libs/contracts/fixtures');
const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
const stored = (path: string) => JSON.parse(readFileSync(join(fixtures, path), 'utf8')) as RecordedEvent;

const translator = createTranslator([customerPublications, inventoryPublications, cartPublications, orderPublications, paymentPublications]);
const projections = [...customerProjections, ...inventoryProjections, ...cartProjections, ...orderProjections, ...paymentProjections];

/** Folds one stored event into a stream that has no other. */
const foldsInto =
  <State, Command, Event extends DomainEvent>({ decider }: AggregateType<State, Command, Event>) =>
  (event: DomainEvent): State =>
    decider.evolve(decider.initialState, event as Event);

const folds: Readonly<Record<string, (event: DomainEvent) => unknown>> = {
  customer: foldsInto(accountType),
  product: foldsInto(productType),
  stock: foldsInto(stockType),
  cart: foldsInto(cartType),
  order: foldsInto(orderType),
  payment: foldsInto(paymentType),
};

describe('a stored event of any age', () => {
  it('is kept of every version', () =>
    expect(new Set(files.map((path) => path.split('/')[0]))).toEqual(new Set(publicContracts.map(({ contract }) => contract.type))));

  it.each(files)('is still published: %s', (path) => {
    const event = translator(stored(path));
    expect(event?.type).toBe(path.split('/')[0]);
    expect(event?.visibility).toBe('public');
  });

  it.each(files)('still folds: %s', (path) => {
    const { streamId, type, data } = stored(path);
    const fold = folds[streamId.slice(0, streamId.indexOf('-'))];
    expect(fold).toBeDefined();
    expect(() => fold?.({ ...data, type })).not.toThrow();
  });

  it.each(files)('is still projected: %s', (path) => {
    const event = translator(stored(path));
    if (event === undefined) throw new Error('it is not published');
    const changes = projections.flatMap((projection) => projection.on[event.type]?.(event) ?? []);
    for (const { change } of changes) expect(() => change(undefined)).not.toThrow();
  });
});
