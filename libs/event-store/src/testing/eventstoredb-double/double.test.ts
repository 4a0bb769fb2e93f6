import { randomUUID } from 'node:crypto';
import { BACKWARDS, END, EventStoreDBClient, FORWARDS, jsonEvent, type Position, START, streamNameFilter } from '@eventstore/db-client';
import { newStream } from '../events';
import { withDouble } from './with-double';

/** Rows of what was observed on a real server, through the real client. The store's contract holds the rest. */
describe('the test double of EventStoreDB', () => {
  const { double, restart } = withDouble();
  let client: EventStoreDBClient;
  beforeEach(() => {
    client = EventStoreDBClient.connectionString(double().url);
  });
  afterEach(() => client.dispose());

  const some = (id = randomUUID()) => jsonEvent({ id, type: 'Happened', data: { some: 'data' } });
  const append = (stream: string, count = 1, expectedRevision: bigint | 'no_stream' = 'no_stream') => client.appendToStream(stream, Array.from({ length: count }, () => some()), { expectedRevision });
  async function all<T>(read: AsyncIterable<T>): Promise<readonly T[]> {
    const found: T[] = [];
    for await (const each of read) found.push(each);
    return found;
  }

  it('answers an append with revision and position, and a wrong one with what it expected and found', async () => {
    const stream = newStream();
    expect(await append(stream, 3)).toMatchObject({ success: true, nextExpectedRevision: 2n, position: { commit: expect.any(BigInt) as bigint, prepare: expect.any(BigInt) as bigint } });
    await expect(append(stream)).rejects.toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 'no_stream', actualVersion: 2n });
    await expect(append(newStream(), 1, 4n)).rejects.toMatchObject({ type: 'wrong-expected-version', expectedVersion: 4n, actualVersion: 'no_stream' });
  });

  it('does so on the unary path too', async () => {
    const stream = newStream();
    const credentials = { username: 'ignored', password: 'on an insecure server' };
    expect(await client.appendToStream(stream, some(), { expectedRevision: 'no_stream', credentials })).toMatchObject({ nextExpectedRevision: 0n });
    await expect(client.appendToStream(stream, some(), { expectedRevision: 'no_stream', credentials })).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
    double().faults.set({ notReady: true });
    await expect(client.appendToStream(stream, some(), { expectedRevision: 0n, credentials })).rejects.toMatchObject({ type: 'unavailable', code: 14 });
  });

  it('refuses more than 1 MiB, and what comes while it is not ready, in ways of their own', async () => {
    const large = jsonEvent({ type: 'Happened', data: { text: 'x'.repeat(1_100_000) } });
    await expect(client.appendToStream(newStream(), large, { expectedRevision: 'no_stream' })).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
    double().faults.set({ notReady: true });
    await expect(append(newStream())).rejects.toMatchObject({ type: 'unknown', message: 'Could not recognize Server Is Not Ready' });
  });

  it('throws stream-not-found while iterating; a fully truncated stream is empty; maxCount hides what is older', async () => {
    await expect(all(client.readStream(newStream()))).rejects.toMatchObject({ type: 'stream-not-found' });
    const stream = newStream();
    await append(stream, 5);
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect((await all(client.readStream(stream))).map(({ event }) => event?.revision)).toEqual([3n, 4n]);
    await client.setStreamMetadata(stream, { truncateBefore: 5 });
    expect(await all(client.readStream(stream))).toEqual([]);
  });

  it('yields the first event only when read backwards from START, and fails for a count of 0', async () => {
    const stream = newStream();
    await append(stream, 3);
    expect((await all(client.readStream(stream, { direction: BACKWARDS, fromRevision: START }))).map(({ event }) => event?.revision)).toEqual([0n]);
    expect((await all(client.readStream(stream, { direction: BACKWARDS, fromRevision: END }))).map(({ event }) => event?.revision)).toEqual([2n, 1n, 0n]);
    await expect(all(client.readStream(stream, { maxCount: 0 }))).rejects.toMatchObject({ type: 'unknown' });
  });

  it('reads the log inclusively forwards, exclusively backwards, with the metadata in it, and from no other position', async () => {
    const stream = newStream();
    await append(stream, 3);
    await client.setStreamMetadata(stream, { truncateBefore: 1 });
    const [first, second, third, metadata] = (await all(client.readAll())).slice(-4).map(({ event }) => ({ at: event?.position as Position, type: event?.type }));
    expect(metadata?.type).toBe('$metadata');
    const positions = async (direction: typeof FORWARDS | typeof BACKWARDS, at: Position | undefined) =>
      (await all(client.readAll({ direction, fromPosition: at ?? START, maxCount: 2 }))).map(({ event }) => event?.position);
    expect(await positions(FORWARDS, second?.at)).toEqual([second?.at, third?.at]);
    expect((await positions(BACKWARDS, third?.at))).toEqual([second?.at, first?.at]);
    const between = (second?.at.commit ?? 0n) + 1n;
    await expect(all(client.readAll({ fromPosition: { commit: between, prepare: between } }))).rejects.toMatchObject({ code: 13 });
  });

  it('deletes softly: not found, then on at the old revision + 1, in the log still there; and for ever', async () => {
    const stream = newStream();
    await append(stream, 2);
    await expect(client.deleteStream(stream, { expectedRevision: 7n })).rejects.toMatchObject({ type: 'wrong-expected-version', expectedVersion: 7n, actualVersion: 1n });
    await client.deleteStream(stream, { expectedRevision: 1n });
    await expect(all(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
    expect(await append(stream)).toMatchObject({ nextExpectedRevision: 2n });
    expect((await all(client.readAll())).filter(({ event }) => event?.streamId === stream)).toHaveLength(3);
    await client.tombstoneStream(stream);
    await expect(append(stream)).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(all(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-deleted' });
  });

  it('tells checkpoints, with a prepare position of 0 where nothing matched', async () => {
    await append(newStream(), 100);
    const checkpoints: Position[] = [];
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['no-such-stream'], checkpointReached: (_, position) => void checkpoints.push(position) }) });
    await new Promise((resolve) => subscription.on('caughtUp' as 'confirmation', () => resolve(undefined)));
    await subscription.unsubscribe();
    expect(checkpoints.length).toBeGreaterThanOrEqual(3);
    expect(new Set(checkpoints.map(({ prepare }) => prepare))).toEqual(new Set([0n]));
  });

  it('gives up a live subscription in a burst', async () => {
    const subscription = client.subscribeToAll({ fromPosition: END });
    const dropped = new Promise((resolve) => subscription.on('data', () => undefined).on('error', resolve));
    await new Promise((resolve) => subscription.on('caughtUp' as 'confirmation', () => resolve(undefined)));
    await append(newStream(), 500);
    expect(await dropped).toMatchObject({ type: 'timeout', code: 10, message: expect.stringContaining('Consumer too slow') as string });
  });

  it('has the same events at the same positions after a restart', async () => {
    const stream = newStream();
    await append(stream, 3);
    const before = await all(client.readAll());
    await client.dispose();
    await restart();
    client = EventStoreDBClient.connectionString(double().url);
    expect(await all(client.readAll())).toEqual(before);
    const { position } = await append(stream, 1, 2n);
    expect(position?.commit).toBeGreaterThan(before.at(-1)?.event?.position?.commit ?? 0n);
  });
});
