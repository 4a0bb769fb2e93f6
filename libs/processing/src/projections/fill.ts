import type { GenerationWrite, ProjectionStore } from '@tillroll/read-models';
import type { EventLog, LogEvent, LogPage } from './event-log';
import { type Fed, type FeedSet, feedPage } from './feed';

export interface FillOptions {
  readonly log: EventLog;
  readonly store: ProjectionStore;
  readonly signal: AbortSignal;
  /** After each batch. */
  readonly fed: (fed: readonly Fed[]) => void;
  /** After each batch, with the number of events in it. */
  readonly onBatch?: (events: number) => void;
}

/** So many events are folded before their documents are written: the more, the fewer writes of one document. */
const BATCH = 5_000;
/** So many documents are written in one go: bounds how long a batch keeps the event loop. */
const PART = 500;

/** Feeds what the log holds, up to its present end, in large batches. Rejects with the signal's reason when it aborts. */
export async function fill(set: FeedSet, { log, store, signal, fed, onBatch }: FillOptions): Promise<void> {
  const write = (writes: readonly GenerationWrite[]) => writeInParts(store, writes, signal);
  const feedBatch = async (batch: LogPage) => {
    fed(await feedPage(store, set, batch, write));
    onBatch?.(batch.events.length);
  };
  // The next batch is read while the disk is busy with the one before.
  let feeding = Promise.resolve();
  let events: LogEvent[] = [];
  let position: number | undefined;
  const feedNext = async () => {
    await feeding;
    signal.throwIfAborted();
    if (position === undefined) return;
    feeding = feedBatch({ events, position });
    feeding.catch(() => undefined);
    events = [];
    position = undefined;
  };
  try {
    for await (const page of log.read(Math.min(...set.feeds.map((feed) => feed.position)))) {
      for (const event of page.events) events.push(event);
      position = page.position;
      if (events.length >= BATCH) await feedNext();
      signal.throwIfAborted();
    }
    await feedNext();
  } finally {
    await feeding;
  }
}

/** Others write in between. A crash in between is harmless: the guards know what is in already. */
async function writeInParts(store: ProjectionStore, writes: readonly GenerationWrite[], signal: AbortSignal): Promise<void> {
  const rest: GenerationWrite[] = [];
  for (const { generation, position, documents } of writes) {
    let from = 0;
    for (; documents.length - from > PART; from += PART) {
      await store.write([{ generation, position, documents: documents.slice(from, from + PART), unfinished: true }]);
      signal.throwIfAborted();
    }
    rest.push({ generation, position, documents: documents.slice(from) });
  }
  await store.write(rest);
}
