import { until } from '@tillroll/testing';
import { MongoClient } from 'mongodb';
import { addressUnderTest } from './testing/mongo-under-test';
import { WatchedClient } from './watched-client';

/** The insides of the driver that the fault is made in. */
interface Insides {
  readonly topology: { readonly s: { readonly servers: ReadonlyMap<string, { readonly monitor: { readonly connection: { readonly socket: { destroy(): void } } | null; requestCheck(): void } }> } };
}

describe('a client', () => {
  it('whose heartbeat is written to a socket that was destroyed just before is replaced', async () => {
    const opened: MongoClient[] = [];
    const watched = new WatchedClient(() => {
      const client = new MongoClient(addressUnderTest(), { serverSelectionTimeoutMS: 500, connectTimeoutMS: 2_000, heartbeatFrequencyMS: 500, serverMonitoringMode: 'poll' });
      opened.push(client);
      return client;
    });
    const isAnswering = () => watched.current.db().command({ ping: 1 }).then(() => true, () => false);
    expect(await isAnswering()).toBe(true);
    const [server] = [...(watched.current as unknown as Insides).topology.s.servers.values()];
    await until(() => server?.monitor.connection !== null);
    const heartbeat = new Promise((resolve) => watched.current.once('serverHeartbeatStarted', resolve));
    // In the very turn in which the heartbeat begins, as a connection may break.
    watched.current.prependListener('serverHeartbeatStarted', () => server?.monitor.connection?.socket.destroy());
    await heartbeat;
    await until(() => opened.length === 2);
    expect(await isAnswering()).toBe(true);
    await watched.close();
  });

  it('that is well stays', async () => {
    let opened = 0;
    const watched = new WatchedClient(() => {
      opened++;
      return new MongoClient(addressUnderTest(), { heartbeatFrequencyMS: 500 });
    });
    let heartbeats = 0;
    await watched.current.db().command({ ping: 1 });
    watched.current.on('serverHeartbeatSucceeded', () => heartbeats++);
    await until(() => heartbeats === 3);
    expect(opened).toBe(1);
    await watched.close();
  });
});
