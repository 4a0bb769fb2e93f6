import { type Clock, systemClock } from '@tillroll/kernel';
import type { MongoClient, ServerClosedEvent, ServerHeartbeatFailedEvent, ServerHeartbeatStartedEvent, ServerHeartbeatSucceededEvent } from 'mongodb';

/** A heartbeat ends by itself within two thirds of this, well or badly. */
const HUNG_MS = 6_000;
/** So that what arrived while this process stood still counts. */
const SECOND_LOOK_MS = 1_000;

/**
 * A client that is replaced when it watches a server no more. The driver (7.5.0) waits for ever for a write of its heartbeat when
 * the socket is destroyed just before: the server then stays unknown to that client, however well it is.
 */
export class WatchedClient {
  private readonly heartbeats = new Map<string, () => void>();
  private client: MongoClient;
  private isClosed = false;

  constructor(
    private readonly open: () => MongoClient,
    private readonly clock: Clock = systemClock,
  ) {
    this.client = this.watched(open());
  }

  get current(): MongoClient {
    return this.client;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.forgetAll();
    await this.client.close();
  }

  private watched(client: MongoClient): MongoClient {
    client.on('serverHeartbeatStarted', ({ connectionId }: ServerHeartbeatStartedEvent) => this.begin(connectionId));
    const ended = ({ connectionId }: ServerHeartbeatSucceededEvent | ServerHeartbeatFailedEvent) => this.end(connectionId);
    client.on('serverHeartbeatSucceeded', ended);
    client.on('serverHeartbeatFailed', ended);
    client.on('serverClosed', ({ address }: ServerClosedEvent) => this.end(address));
    return client;
  }

  private begin(server: string): void {
    this.end(server);
    if (this.isClosed) return;
    const wakeIn = (ms: number, callback: () => void) => this.heartbeats.set(server, this.clock.wakeAt(this.clock.now() + ms, callback));
    wakeIn(HUNG_MS, () => wakeIn(SECOND_LOOK_MS, () => this.replace()));
  }

  private end(server: string): void {
    this.heartbeats.get(server)?.();
    this.heartbeats.delete(server);
  }

  private forgetAll(): void {
    for (const server of [...this.heartbeats.keys()]) this.end(server);
  }

  private replace(): void {
    const hung = this.client;
    hung.removeAllListeners();
    this.forgetAll();
    this.client = this.watched(this.open());
    hung.close().catch(() => undefined);
  }
}
