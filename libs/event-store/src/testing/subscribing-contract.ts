import { BEGINNING, type EventStore, type RecordedEvent, type SubscribeOptions } from '../port';
import { idsOf, newStream, someEvent, someEvents } from './events';

export function subscribingContract(store: () => EventStore): void {
  const subscriptions: AbortController[] = [];
  afterEach(() => {
    for (const subscription of subscriptions.splice(0)) subscription.abort();
  });

  /** Collects until the condition holds, then ends the subscription. */
  async function collect(options: Omit<SubscribeOptions, 'signal'>, until: (seen: readonly RecordedEvent[], position: number) => boolean): Promise<readonly RecordedEvent[]> {
    const ending = new AbortController();
    subscriptions.push(ending);
    const seen: RecordedEvent[] = [];
    for await (const page of store().subscribe({ ...options, signal: ending.signal })) {
      seen.push(...page.events);
      if (until(seen, page.position)) break;
    }
    return seen;
  }

  it('delivers what was there and then what comes', async () => {
    const after = await store().head();
    const stream = newStream();
    const [there, coming] = [someEvents(3), someEvents(3)];
    await store().append(stream, 'no_stream', there);
    let live = () => {};
    const caughtUp = new Promise<void>((resolve) => (live = resolve));
    const seen = collect({ after, prefixes: [stream] }, (events) => {
      if (events.length >= 3) live();
      return events.length === 6;
    });
    await caughtUp;
    for (const [index, event] of coming.entries()) await store().append(stream, 2 + index, [event]);
    expect(idsOf(await seen)).toEqual(idsOf([...there, ...coming]));
  });

  it('delivers each event of concurrent appends once, in the order of the log', async () => {
    const after = await store().head();
    const prefix = `${newStream('busy')}-`;
    const expected = 40 * 25;
    const subscribers = [1, 2, 3].map(() => collect({ after, prefixes: [prefix] }, (events) => events.length >= expected));
    await Promise.all(
      Array.from({ length: 40 }, async (_, writer) => {
        for (let i = 0; i < 25; i++) await store().append(`${prefix}${writer}`, i === 0 ? 'no_stream' : i - 1, [someEvent({ writer, i })]);
      }),
    );
    for (const seen of await Promise.all(subscribers)) {
      expect(seen.map(({ position }) => position)).toEqual([...new Set(seen.map(({ position }) => position))].toSorted((a, b) => a - b));
      expect(seen).toHaveLength(expected);
      for (let writer = 0; writer < 40; writer++)
        expect(seen.filter(({ streamId }) => streamId === `${prefix}${writer}`).map(({ revision }) => revision)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    }
  });

  it('hands over from catch-up to live under load without a gap', async () => {
    const stream = newStream('handover');
    const after = await store().head();
    const total = 3_000;
    let joined: Promise<readonly RecordedEvent[]>[] = [];
    for (let revision = -1; revision < total - 1; ) {
      const events = someEvents(20);
      ({ revision } = await store().append(stream, revision < 0 ? 'no_stream' : revision, events));
      if (revision % 500 === 499) joined = [...joined, collect({ after, prefixes: [stream] }, (seen) => seen.length >= total)];
    }
    expect(joined.length).toBeGreaterThan(3);
    for (const seen of await Promise.all(joined)) expect(seen.map(({ revision }) => revision)).toEqual(Array.from({ length: total }, (_, i) => i));
  });

  it('delivers everything to a subscriber that is slower than the writers', async () => {
    const stream = newStream('slow');
    const after = await store().head();
    const total = 20_000;
    let release = () => {};
    const written = new Promise<void>((resolve) => (release = resolve));
    const ending = new AbortController();
    subscriptions.push(ending);
    const revisions: number[] = [];
    const reading = (async () => {
      for await (const { events } of store().subscribe({ after, prefixes: [stream], signal: ending.signal })) {
        for (const { revision } of events) revisions.push(revision);
        if (events.length > 0) await written;
        if (revisions.length >= total) break;
      }
    })();
    for (let revision = -1; revision < total - 1; ) ({ revision } = await store().append(stream, revision < 0 ? 'no_stream' : revision, someEvents(400)));
    release();
    await reading;
    expect(revisions).toEqual(Array.from({ length: total }, (_, i) => i));
  });

  it('goes on after the position of a page', async () => {
    const prefix = newStream('position');
    const after = await store().head();
    await store().append(prefix, 'no_stream', someEvents(10));
    let position = after;
    await collect({ after, prefixes: [prefix] }, (seen, reached) => {
      position = reached;
      return seen.length >= 10;
    });
    const later = collect({ after: position, prefixes: [prefix] }, (seen) => seen.length >= 1);
    const event = someEvent();
    await store().append(prefix, 9, [event]);
    expect(idsOf(await later)).toEqual([event.id]);
  });

  it('moves its position past events that do not match', async () => {
    const ready = await store().head();
    let reached = () => {};
    const live = new Promise<void>((resolve) => (reached = resolve));
    let target = Number.POSITIVE_INFINITY;
    const moved = collect({ after: BEGINNING, prefixes: ['no-such-stream-'] }, (_, position) => {
      if (position >= ready) reached();
      return position >= target;
    });
    await live;
    ({ position: target } = await store().append(newStream(), 'no_stream', someEvents(1)));
    await store().append(newStream(), 'no_stream', someEvents(1));
    expect(await moved).toEqual([]);
  });

  it('does not show an append that was refused', async () => {
    const stream = newStream('refused');
    const after = await store().head();
    const seen = collect({ after, prefixes: [stream] }, (events) => events.length >= 2);
    await store().append(stream, 'no_stream', someEvents(1));
    await Promise.allSettled([store().append(stream, 'no_stream', someEvents(1)), store().append(stream, 7, someEvents(1))]);
    await store().append(stream, 0, someEvents(1));
    expect((await seen).map(({ revision }) => revision)).toEqual([0, 1]);
  });

  it('ends when the signal aborts, while it waits and before it began', async () => {
    const ending = new AbortController();
    let pages = 0;
    const waiting = (async () => {
      for await (const page of store().subscribe({ after: await store().head(), signal: ending.signal })) pages += page.events.length;
    })();
    ending.abort();
    await waiting;
    for await (const page of store().subscribe({ after: BEGINNING, signal: ending.signal })) pages += page.events.length;
    expect(pages).toBe(0);
  });
}
