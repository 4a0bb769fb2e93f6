import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { newStream, someEvent, someEvents } from '../testing/events';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import { BEGINNING, type EventStore, type RecordedEvent, type SubscribeOptions } from '../port';

describe('subscribing to EventStoreDB', () => {
  const { double, open, restart } = withDouble();

  /** Follows in the background; `seen` and `position` grow. */
  function follow(store: EventStore, options: Omit<SubscribeOptions, 'signal'>, each: () => Promise<void> | void = () => {}) {
    const ending = new AbortController();
    const followed = { seen: [] as RecordedEvent[], position: options.after, pages: 0, until: (condition: () => boolean) => until(condition), end: () => Promise.resolve() };
    let check = () => {};
    const running = (async () => {
      for await (const page of store.subscribe({ ...options, signal: ending.signal })) {
        followed.seen.push(...page.events);
        followed.position = page.position;
        followed.pages++;
        check();
        await each();
      }
    })();
    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise<void>((resolve) => (check = resolve));
    }
    followed.end = async () => {
      ending.abort();
      await running;
    };
    return followed;
  }

  async function appendTo(store: EventStore, stream: string, count: number, size = 1): Promise<void> {
    for (let revision = -1; revision < count - 1; ) ({ revision } = await store.append(stream, revision < 0 ? 'no_stream' : revision, someEvents(size)));
  }

  it('goes on from its last position whenever the server gives it up in a burst', async () => {
    const store = open();
    const prefix = `${newStream('burst')}-`;
    const following = follow(store, { after: await store.head(), prefixes: [prefix] });
    const before = double().activity.droppedSubscriptions;
    // One append of more events than the server keeps for a live subscriber.
    for (let burst = 0; burst < 5; burst++) {
      await store.append(`${prefix}${burst}`, 'no_stream', someEvents(500));
      await following.until(() => following.seen.length === (burst + 1) * 500);
    }
    expect(double().activity.droppedSubscriptions).toBeGreaterThan(before);
    expect(following.seen.map(({ streamId, revision }) => `${streamId} ${revision}`)).toEqual(Array.from({ length: 2_500 }, (_, i) => `${prefix}${Math.floor(i / 500)} ${i % 500}`));
    await following.end();
  });

  it('goes on when its connection is cut, again and again, and when the server is restarted', async () => {
    const store = open();
    const stream = newStream('cut');
    const following = follow(store, { after: await store.head(), prefixes: [stream] });
    const writing = appendTo(store, stream, 300);
    for (const reached of [50, 100, 150]) {
      await following.until(() => following.seen.length >= reached);
      double().cutConnections();
    }
    await following.until(() => following.seen.length >= 200);
    await restart();
    await writing;
    await following.until(() => following.seen.length >= 300);
    expect(following.seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    await following.end();
  });

  it.each([
    ['with prefixes', (stream: string) => ({ prefixes: [stream] })],
    ['of the whole log', () => ({})],
  ])('notices that a subscription %s has fallen silent, though its connection is there', async (_, prefixes) => {
    const store = open();
    const stream = newStream('mute');
    const after = await store.head();
    double().faults.set({ muteSubscriptions: true });
    const following = follow(store, { after, ...prefixes(stream) });
    await appendTo(store, stream, 3);
    expect(following.seen).toEqual([]);
    double().faults.set({});
    // Wakes no subscription that was told nothing: each of them has to be given up.
    await following.until(() => following.seen.length >= 3);
    expect(following.seen.map(({ revision }) => revision)).toEqual([0, 1, 2]);
    await following.end();
  });

  it('can be resumed from any position it has told, also where nothing matched', async () => {
    const store = open();
    const [mine, others] = [newStream('resumed'), newStream('between')];
    const after = await store.head();
    const told: { readonly position: number; readonly seen: number }[] = [];
    const following = follow(store, { after, prefixes: [mine] }, () => void told.push({ position: following.position, seen: following.seen.length }));
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 45; j++) await store.append(others, i + j === 0 ? 'no_stream' : i * 45 + j - 1, someEvents(1));
      await store.append(mine, i === 0 ? 'no_stream' : i - 1, [someEvent()]);
    }
    await following.until(() => following.seen.length === 12);
    await following.end();
    expect(told.length).toBeGreaterThan(3);
    for (const { position, seen } of told.slice(0, -1)) {
      const resumed = follow(store, { after: position, prefixes: [mine] });
      await resumed.until(() => resumed.seen.length === 12 - seen);
      await resumed.end();
      expect(resumed.seen.map(({ revision }) => revision)).toEqual(Array.from({ length: 12 - seen }, (_, i) => seen + i));
    }
  });

  it('moves on to the end of the log when only others append, a few events at a time', async () => {
    const store = open();
    const following = follow(store, { after: await store.head(), prefixes: ['no-such-stream-'] });
    const { position } = await store.append(newStream(), 'no_stream', someEvents(1));
    await following.until(() => following.position >= position);
    expect(following.seen).toEqual([]);
    await following.end();
  });

  it('passes over what is not ours: metadata, links, system streams, what is no JSON', async () => {
    const store = open();
    const stream = newStream('foreign');
    const client = EventStoreDBClient.connectionString(double().url);
    const after = await store.head();
    await store.append(stream, 'no_stream', someEvents(2));
    await store.truncateStream(stream, 1);
    await client.appendToStream('$foreign', jsonEvent({ type: 'SomethingHappened', data: {} }), { expectedRevision: 'any' });
    await client.appendToStream(`${stream}-links`, jsonEvent({ type: '$>', data: {} }), { expectedRevision: 'no_stream' });
    await client.appendToStream(`${stream}-binary`, { id: someEvent().id, type: 'Binary', contentType: 'application/octet-stream', data: Uint8Array.of(1, 2), metadata: undefined }, { expectedRevision: 'no_stream' });
    await client.dispose();
    await store.append(stream, 1, someEvents(1));
    const head = await store.head();
    const all = follow(store, { after });
    await all.until(() => all.position >= head);
    await all.end();
    expect(all.seen.map(({ streamId, revision }) => [streamId, revision])).toEqual([0, 1, 2].map((revision) => [stream, revision]));
    const read: RecordedEvent[] = [];
    for await (const { events } of store.readAll({ after })) read.push(...events);
    expect(read).toEqual(all.seen);
  });

  it('leaves no call behind, however it is left', async () => {
    const store = open();
    const stream = newStream('left');
    await store.append(stream, 'no_stream', someEvents(1_200));
    const ending = new AbortController();
    for await (const _ of store.subscribe({ after: BEGINNING, prefixes: [stream], signal: ending.signal })) break;
    for await (const _ of store.subscribe({ after: BEGINNING, signal: ending.signal })) ending.abort();
    for await (const _ of store.readStream(stream)) break;
    for await (const _ of store.readAll({ after: BEGINNING })) break;
    while (double().activity.openReads > 0) await new Promise(setImmediate);
  });

  it('tells of trouble that lasts, and goes on when it is over', async () => {
    const troubles: unknown[] = [];
    const store = open({ onTrouble: (error) => troubles.push(error) });
    const stream = newStream('trouble');
    const after = await store.head();
    const client = open({ url: 'esdb://127.0.0.1:1?tls=false', onTrouble: (error) => troubles.push(error) });
    const ending = new AbortController();
    const unreachable = (async () => {
      for await (const _ of client.subscribe({ after: 0, signal: ending.signal })) throw new Error('nobody is there');
    })();
    while (troubles.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    ending.abort();
    await unreachable;
    const following = follow(store, { after, prefixes: [stream] });
    await appendTo(store, stream, 2);
    await following.until(() => following.seen.length === 2);
    await following.end();
  });
});
