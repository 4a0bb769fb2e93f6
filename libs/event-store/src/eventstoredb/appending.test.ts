import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { EventStoreDBClient } from '@eventstore/db-client';
import { idsOf, newStream, readAllOf, someEvent, someEvents } from '../testing/events';
import { withDouble } from '../testing/eventstoredb-double/with-double';
import { StoreUnavailable } from '../port';
import { AppendTooLarge, StreamTombstoned } from './append-errors';

describe('appending to EventStoreDB', () => {
  const { double, open } = withDouble();

  it('refuses more than 1 MiB in one append, before anything is sent, and goes on', async () => {
    const store = open();
    const stream = newStream();
    const large = [someEvent({ text: 'x'.repeat(600_000) }), someEvent({ text: 'x'.repeat(600_000) })];
    await expect(store.append(stream, 'no_stream', large)).rejects.toMatchObject({ name: AppendTooLarge.name, streamId: stream, limit: 1_048_576 });
    expect(await store.append(stream, 'no_stream', large.slice(1))).toMatchObject({ revision: 0 });
  });

  it('keeps the order of appends to one stream that are on their way at once', async () => {
    const store = open();
    const stream = newStream();
    const events = someEvents(200);
    const appended = await Promise.all(events.map((event, index) => store.append(stream, index === 0 ? 'no_stream' : index - 1, [event])));
    expect(appended.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    expect(idsOf(await readAllOf(store, stream))).toEqual(idsOf(events));
  });

  it('is not disturbed by another store of the process that is closed, or whose connection breaks', async () => {
    const [store, other] = [open(), open()];
    await Promise.all([store.append(newStream(), 'no_stream', someEvents(1)), other.append(newStream(), 'no_stream', someEvents(1))]);
    double().faults.set({ delayMs: 100 });
    const appending = store.append(newStream(), 'no_stream', someEvents(1));
    const cut = other.append(newStream(), 'no_stream', someEvents(1));
    await other.close();
    await expect(cut).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await appending).toMatchObject({ revision: 0 });
    await expect(other.append(newStream(), 'no_stream', someEvents(1))).rejects.toBeInstanceOf(StoreUnavailable);
  });

  it('survives a connection that takes no more data and then breaks, with many appends waiting to be sent', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const sockets: Socket[] = [];
    const proxy = createServer((socket) => {
      const upstream = connect(double().port, '127.0.0.1');
      sockets.push(socket, upstream);
      for (const each of [socket, upstream]) each.on('error', () => {});
      socket.pipe(upstream).pipe(socket);
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const store = open({ url: `esdb://127.0.0.1:${(proxy.address() as AddressInfo).port}?tls=false`, silenceMs: 5_000 });
    await store.append(newStream(), 'no_stream', someEvents(1));
    for (const socket of sockets) socket.unpipe().pause();
    const streams = Array.from({ length: 40 }, () => newStream());
    const appending = streams.map((stream) => store.append(stream, 'no_stream', [someEvent({ text: 'x'.repeat(100_000) })]));
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    for (const socket of sockets.splice(0)) socket.destroy();
    expect((await Promise.all(appending)).map(({ revision }) => revision)).toEqual(streams.map(() => 0));
    await store.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => proxy.close(closed));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('connects anew when the server accepts everything and answers nothing', async () => {
    const store = open({ silenceMs: 300 });
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(1));
    double().faults.set({ silent: true });
    const appending = Promise.all([1, 2, 3].map(() => store.append(newStream(), 'no_stream', someEvents(1))));
    setTimeout(() => double().faults.set({}), 1_000);
    expect((await appending).map(({ revision }) => revision)).toEqual([0, 0, 0]);
  });

  it('says so when the stream was deleted for ever', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(1));
    const client = EventStoreDBClient.connectionString(double().url);
    await client.tombstoneStream(stream);
    await expect(store.append(stream, 0, someEvents(1))).rejects.toBeInstanceOf(StreamTombstoned);
    await client.dispose();
  });

  it('finds the leader of a cluster of which other members are down, also after the connection was cut', async () => {
    const store = open({ url: `esdb://127.0.0.1:1,127.0.0.1:${double().port}?tls=false` });
    const stream = newStream();
    await store.append(stream, 'no_stream', someEvents(1));
    double().cutConnections();
    expect(await store.append(stream, 0, someEvents(1))).toMatchObject({ revision: 1 });
    expect(await readAllOf(store, stream)).toHaveLength(2);
  });

  it('never repeats what the URL says when it cannot be read', () => {
    expect(() => open({ url: 'esdb://admin:secret@' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') as unknown }) as Error);
  });
});
