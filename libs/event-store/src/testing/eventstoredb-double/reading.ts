import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { Failure, streamDeleted } from './failure';
import { firstVisible, isSoftDeleted, type LoggedEvent } from './log';
import { nameOf, readEvent, streamNotFound } from './messages';
import type { DoubleStore } from './store';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

const PAGE = 200;

/** Waits while the client does not take what was sent. */
export async function send(call: ReadCall, response: ReadResp): Promise<void> {
  if (call.cancelled || call.write(response)) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      call.off('drain', goOn).off('cancelled', goOn).off('close', goOn);
      resolve();
    };
    call.on('drain', goOn).on('cancelled', goOn).on('close', goOn);
  });
}

export async function readStream(store: DoubleStore, call: ReadCall): Promise<void> {
  const options = requestOf(call);
  const asked = options.getStream();
  const stream = nameOf(asked?.getStreamIdentifier());
  const state = store.log.state(stream);
  if (state.tombstoned) throw streamDeleted(stream);
  if (state.last < 0 || isSoftDeleted(state)) return void (await send(call, streamNotFound(stream)));
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  const first = firstVisible(state);
  let from = asked?.hasEnd() === true ? state.last : asked?.hasStart() === true ? 0 : Number(asked?.getRevision());
  if (!backwards) from = Math.max(from, first);
  for (let left = countOf(options); left > 0 && !call.cancelled; ) {
    const size = Math.min(PAGE, left);
    const page = (backwards ? store.log.backwards(stream, from, size, store.committed) : store.log.forwards(stream, from, size, store.committed)).filter(({ revision }) => revision >= first);
    for (const event of page) await send(call, readEvent(event, false));
    const last = page.at(-1);
    if (last === undefined || page.length < size) return;
    left -= page.length;
    from = last.revision + (backwards ? -1 : 1);
  }
}

export async function readAll(store: DoubleStore, call: ReadCall): Promise<void> {
  const options = requestOf(call);
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  let from = positionOf(store, options);
  for (let left = countOf(options); left > 0 && !call.cancelled; ) {
    const size = Math.min(PAGE, left);
    const page: readonly LoggedEvent[] = backwards ? store.log.allBackwards(Math.min(from, store.committed), size) : store.log.allForwards(from, size, store.committed);
    for (const event of page) await send(call, readEvent(event, true));
    const last = page.at(-1);
    if (last === undefined || page.length < size) return;
    left -= page.length;
    from = backwards ? last.position : last.next;
  }
}

/** Throws for a position at which no record begins. */
export function positionOf(store: DoubleStore, options: ReadReq.Options): number {
  const asked = options.getAll();
  if (asked?.hasStart() === true) return 0;
  if (asked?.hasEnd() === true) return store.committed;
  const position = Number(asked?.getPosition()?.getCommitPosition());
  if (!store.log.isBoundary(position)) throw new Failure(status.INTERNAL, `no record begins at position ${position}`);
  return position;
}

export function requestOf(call: ReadCall): ReadReq.Options {
  const options = call.request.getOptions();
  if (options === undefined) throw new Failure(status.INVALID_ARGUMENT, 'a read without options');
  return options;
}

function countOf(options: ReadReq.Options): number {
  const count = Number(options.getCount());
  if (count <= 0) throw new Failure(status.INVALID_ARGUMENT, 'a read of no events');
  return count;
}
