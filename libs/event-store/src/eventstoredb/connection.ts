import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StoreUnavailable } from '../port';
import { Patience } from './patience';

/** Disposing may never end; nothing is lost by not waiting for it. */
const DISPOSAL_MS = 1_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly patienceMs: number;
  readonly silenceMs: number;
}

/** A client of the server, and how long to wait for it. */
export class Connection {
  readonly client: EventStoreDBClient;
  readonly silenceMs: number;
  private readonly patienceMs: number;
  private readonly closing = new AbortController();

  /** Throws a `TypeError` for a URL that cannot be read; its message does not repeat it, since it may hold a password. */
  constructor({ url, patienceMs, silenceMs }: ConnectionOptions) {
    try {
      this.client = EventStoreDBClient.connectionString(url);
    } catch {
      throw new TypeError('the URL of the event store is not one like esdb://host:2113?tls=true');
    }
    this.patienceMs = patienceMs;
    this.silenceMs = silenceMs;
  }

  /** Aborts when the connection is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  patience(): Patience {
    return new Patience(this.patienceMs, this.closed);
  }

  /** Tries until it succeeds or patience ends. Only for what may be done twice. */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    const patience = this.patience();
    for (;;) {
      this.refuseWhenClosed();
      try {
        return await work();
      } catch (error) {
        await patience.next(error);
      }
    }
  }

  /** The client would connect again. */
  refuseWhenClosed(): void {
    if (this.closed.aborted) throw new StoreUnavailable('the event store is closed');
  }

  async close(): Promise<void> {
    if (this.closed.aborted) return;
    this.closing.abort();
    await Promise.race([this.client.dispose().catch(() => undefined), wait(DISPOSAL_MS, undefined, { ref: false })]);
  }
}
