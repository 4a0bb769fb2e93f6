import { cartIdOf, orderIdOf } from '@tillroll/contracts';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { uuid7 } from '@tillroll/kernel';
import { AggregateRuntime, type Cause } from '@tillroll/processing';
import type { Document } from '@tillroll/read-models';
import { VirtualClock } from '@tillroll/testing';
import { ADDRESSES, CART_HINTS, type CartHint } from '../read/checkout-projections';
import { PlaceOrder, PlaceOrderHandler } from './place-order';

const customerId = 'ada';
const cause = (): Cause => {
  const commandId = uuid7(Date.UTC(2030, 0, 1));
  return { commandId, correlationId: commandId, causationId: commandId, actor: `customer:${customerId}` };
};

describe('placing an order while a checkout of somebody else is under way', () => {
  const directory = temporaryDirectory();
  const clock = new VirtualClock();
  let engine: EmbeddedEngine;
  let store: EventStore;
  let hint: CartHint;
  let hintAfterCatchingUp: CartHint;
  beforeAll(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    store = openEmbeddedEventStore({ engine });
  });
  afterAll(async () => {
    await store.close();
    await engine.close();
    directory.remove();
  });

  const documents = (): Readonly<Record<string, Document>> => ({ [CART_HINTS]: { ...hint }, [ADDRESSES]: { customerId, address: 'sealed' } });
  const place = async (): Promise<string> => {
    const handler = new PlaceOrderHandler(
      new AggregateRuntime({ store, clock }),
      { get: async <D extends Document>(projection: string) => documents()[projection] as D | undefined, find: async () => [] },
      { head: () => store.head(), caughtUp: async () => ((hint = hintAfterCatchingUp), true) },
      clock,
    );
    const answer = handler.execute(new PlaceOrder(customerId, 'home', undefined, cause()));
    for (let answered = false; !answered; ) {
      void answer.finally(() => (answered = true));
      await clock.advance(500);
    }
    return (await answer).orderId;
  };

  it('shares its order when the cart is still the same, and has one of its own when the cart was checked out before', async () => {
    hint = hintAfterCatchingUp = { cartNumber: 0, checkoutNumber: 0 };
    const first = await place();
    expect(first).toBe(orderIdOf(cartIdOf(customerId, 0), 0));
    expect(await place()).toBe(first);
    hintAfterCatchingUp = { cartNumber: 1, checkoutNumber: 0 };
    expect(await place()).toBe(orderIdOf(cartIdOf(customerId, 1), 0));
  });
});
