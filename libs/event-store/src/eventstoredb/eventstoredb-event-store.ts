import { checkAppend, checkStreamId } from '../check-append';
import type { Appended, EventStore, ExpectedRevision, NewEvent, ReadOptions, RecordedEvent, SubscribeOptions, SubscriptionPage } from '../port';
import { Appender } from './appender';
import { Connection } from './connection';
import { deleteStream, truncateStream } from './forgetting';
import { headOf, readLog } from './log-reader';
import { readStream } from './stream-reader';
import { subscribe, type WatchOptions } from './subscribe';

export interface EventStoreDbOptions {
  /** `esdb://user:password@host:2113?tls=true&tlsCAFile=…`, several hosts or `esdb+discover://` for a cluster. */
  readonly url: string;
  /** For so long an append is repeated, and a read begun anew, before `StoreUnavailable`. Default: 3 s. */
  readonly patienceMs?: number;
  /** An append without an answer, a read without an event, has failed after so long. Default: 2 s. */
  readonly silenceMs?: number;
  /** A quiet subscription is compared with the log after so long, and then less and less often. Default: 500 ms. */
  readonly watchMs?: number;
  /** Hears of a subscription that failed more than once without delivering anything in between. It goes on by itself. */
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * The event store on EventStoreDB. Connects on first use, and again by itself whenever the connection is lost.
 * Throws a `TypeError` for a URL that cannot be read.
 */
export function openEventStoreDb({ url, patienceMs = 3_000, silenceMs = 2_000, watchMs = 500, onTrouble = () => {} }: EventStoreDbOptions): EventStore {
  return new EventStoreDbEventStore(new Connection({ url, patienceMs, silenceMs }), { watchMs, onTrouble });
}

class EventStoreDbEventStore implements EventStore {
  private readonly appender: Appender;

  constructor(
    private readonly connection: Connection,
    private readonly watch: WatchOptions,
  ) {
    this.appender = new Appender(connection);
  }

  async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    checkAppend(streamId, expected, events);
    return await this.appender.append(streamId, expected, events);
  }

  readStream(streamId: string, options: ReadOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    return readStream(this.connection, streamId, options);
  }

  readAll({ after, prefixes }: { readonly after: number; readonly prefixes?: readonly string[] }): AsyncIterable<SubscriptionPage> {
    return readLog(this.connection, after, prefixes);
  }

  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionPage> {
    return subscribe(this.connection, options, this.watch);
  }

  head(): Promise<number> {
    return this.connection.patiently(() => headOf(this.connection));
  }

  async truncateStream(streamId: string, before: number): Promise<void> {
    checkStreamId(streamId);
    await truncateStream(this.connection, this.appender, streamId, before);
  }

  async deleteStream(streamId: string): Promise<void> {
    checkStreamId(streamId);
    await deleteStream(this.connection, streamId);
  }

  async close(): Promise<void> {
    await Promise.all([this.connection.close(), this.appender.close()]);
  }
}
