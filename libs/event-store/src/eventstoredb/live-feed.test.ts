import { EventStoreDBClient } from '@eventstore/db-client';
import { newStream, someEvents } from '../testing/events';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import { LiveFeed } from './live-feed';

describe('a feed whose reader is behind', () => {
  const { double, open } = withDouble();

  it('never tells a position before the events up to it', async () => {
    const store = open();
    const [mine, others] = [newStream('mine'), newStream('others')];
    const after = await store.head();
    for (let i = 0; i < 40; i++) {
      await store.append(mine, i === 0 ? 'no_stream' : i * 7 - 1, someEvents(7));
      await store.append(others, i === 0 ? 'no_stream' : i * 33 - 1, someEvents(33));
    }
    const positions: number[] = [];
    for await (const { events } of store.readAll({ after, prefixes: [mine] })) positions.push(...events.map(({ position }) => position));
    const client = EventStoreDBClient.connectionString(double().url);
    const feed = new LiveFeed({ client, after, prefixes: [mine], backlog: 10 });
    for (let seen = 0; seen < 280; ) {
      // The server has by then sent more than the feed takes.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const page = await feed.next(10_000);
      seen += page?.events.length ?? 0;
      expect(seen).toBe(positions.filter((at) => at <= (page?.position ?? 0)).length);
    }
    feed.close();
    await client.dispose();
  });
});
