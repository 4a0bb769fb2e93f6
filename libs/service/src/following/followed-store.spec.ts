import { silentLogger } from '@tillroll/event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, type RecordedEvent, StoreUnavailable, type SubscriptionPage } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { systemClock, uuid7 } from '@tillroll/kernel';
import { until } from '@tillroll/testing';
import { FollowedStore } from './followed-store';

describe('an event store that is followed once for all', () => {
  const directory = temporaryDirectory();
  let engine: EmbeddedEngine;
  let store: EventStore;
  let followed: FollowedStore;
  const reading: AbortController[] = [];

  beforeEach(() => {
    engine = EmbeddedEngine.open({ directory: directory.path });
    store = openEmbeddedEventStore({ engine });
    followed = new FollowedStore({ store, clock: systemClock, logger: silentLogger, recentEvents: 20 });
  });
  afterEach(async () => {
    for (const one of reading.splice(0)) one.abort();
    await followed.close();
    await engine.close();
  });
  afterAll(() => directory.remove());

  async function write(over: EventStore, stream: string, count = 1): Promise<void> {
    const metadata = { time: new Date().toISOString(), commandId: uuid7(Date.now()), correlationId: 'c', causationId: 'c', actor: 'system:test' };
    let revision = -1;
    for await (const page of over.readStream(stream, { direction: 'backwards', limit: 1 })) revision = page[0]?.revision ?? revision;
    for (let n = 0; n < count; n++, revision++)
      await over.append(stream, revision === -1 ? 'no_stream' : revision, [{ id: uuid7(Date.now()), type: 'Happened', data: {}, metadata }]);
  }

  /** Collects what a subscriber gets. */
  function subscriber(after: number, prefixes?: readonly string[]): { readonly events: RecordedEvent[]; readonly pages: SubscriptionPage[] } {
    const got = { events: [] as RecordedEvent[], pages: [] as SubscriptionPage[] };
    const controller = new AbortController();
    reading.push(controller);
    void (async () => {
      for await (const page of followed.subscribe({ after, signal: controller.signal, ...(prefixes === undefined ? {} : { prefixes }) })) {
        got.pages.push(page);
        got.events.push(...page.events);
      }
    })();
    return got;
  }

  const everything = async (): Promise<readonly RecordedEvent[]> => {
    const all: RecordedEvent[] = [];
    for await (const page of store.readAll({ after: 0 })) all.push(...page.events);
    return all;
  };

  it('gives everybody every event once and in order, from wherever they begin', async () => {
    await write(store, `before-${uuid7(Date.now())}`, 30);
    await followed.start();
    const [first, middle] = [subscriber(0), subscriber((await everything())[10]?.position ?? 0)];
    await write(followed, `after-${uuid7(Date.now())}`, 50);
    await write(store, `elsewhere-${uuid7(Date.now())}`, 50);
    const late = subscriber(0);
    const all = await everything();
    await until(() => [first, late].every(({ events }) => events.length >= all.length) && middle.events.length >= all.length - 11);
    for (const { events } of [first, late]) expect(events.map(({ position }) => position)).toEqual(all.map(({ position }) => position));
    expect(middle.events.map(({ id }) => id)).toEqual(all.slice(11).map(({ id }) => id));
  });

  it('gives subscribers of some streams only theirs, and tells them how far the others are', async () => {
    await followed.start();
    const head = await store.head();
    const some = subscriber(head, ['mine-']);
    await write(store, `mine-${uuid7(Date.now())}`, 2);
    await write(store, `yours-${uuid7(Date.now())}`, 3);
    const end = await store.head();
    await until(() => some.pages.at(-1)?.position === end);
    expect(some.events).toHaveLength(2);
  });

  it('knows of what it wrote at once, and soon of what others wrote', async () => {
    await followed.start();
    expect(followed.knownHead).toBe(await store.head());
    await write(followed, `mine-${uuid7(Date.now())}`);
    expect(followed.knownHead).toBe(await store.head());
    await write(store, `theirs-${uuid7(Date.now())}`);
    const head = await store.head();
    await until(() => followed.knownHead === head);
  });

  it('tells listeners of all events, whoever wrote them', async () => {
    await followed.start();
    const heard: string[] = [];
    followed.onEvents((events) => heard.push(...events.map(({ streamId }) => streamId)));
    const [mine, theirs] = [`mine-${uuid7(Date.now())}`, `theirs-${uuid7(Date.now())}`];
    await write(followed, mine);
    await write(store, theirs);
    await until(() => heard.includes(theirs));
    expect(heard).toEqual([mine, theirs]);
  });

  it('goes on where it was after the store was away, and says so meanwhile', async () => {
    let isAway = false;
    const shaky: EventStore = Object.create(store, {
      subscribe: {
        async *value(options: Parameters<EventStore['subscribe']>[0]) {
          for await (const page of store.subscribe(options)) {
            if (isAway) throw new StoreUnavailable('the connection was lost');
            yield page;
          }
        },
      },
    });
    followed = new FollowedStore({ store: shaky, clock: systemClock, logger: silentLogger });
    await followed.start();
    const got = subscriber(await store.head());
    isAway = true;
    await write(store, `lost-${uuid7(Date.now())}`, 3);
    await until(() => followed.failure !== undefined);
    isAway = false;
    await until(() => got.events.length === 3);
    expect(followed.failure).toBeUndefined();
  });
});
