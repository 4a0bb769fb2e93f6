import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { Failure } from './failure';
import type { Faults } from './faults';
import type { LoggedEvent } from './log';
import { caughtUp, checkpoint, confirmation, readEvent } from './messages';
import { positionOf, type ReadCall, requestOf, send } from './reading';
import type { DoubleStore } from './store';

/** So many live events wait for the client; with one more the server gives the subscription up. */
const LIVE_BUFFER = 32;
const SEARCH_WINDOW = 32;

type Matches = (event: LoggedEvent) => boolean;

/** A subscription to the log: catches up page by page, then goes live, and is dropped in a burst. */
export async function subscribeToAll(store: DoubleStore, faults: Faults, call: ReadCall): Promise<void> {
  const options = requestOf(call);
  const matches = filterOf(options.getFilter());
  const window = windowOf(options.getFilter());
  const interval = window * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  let from = afterFirst(store, positionOf(store, options), options);
  await send(call, confirmation(randomUUID()));
  let looked = 0;
  while (from < store.committed && !call.cancelled) {
    await faults.pass();
    if (faults.now.muteSubscriptions) return void (await once(call, 'cancelled'));
    const page = store.log.allForwards(from, window, store.committed);
    const last = page.at(-1);
    if (last === undefined) break;
    const found = page.filter(matches);
    for (const event of found) await send(call, readEvent(event, true));
    looked += page.length;
    if (options.hasFilter() && looked >= interval && last.next < store.committed) {
      looked %= interval;
      // Where the page began, if nothing in it matched: a prepare position of 0 tells.
      const at = found.at(-1)?.position;
      await send(call, at === undefined ? checkpoint(from, 0) : checkpoint(at, at));
    }
    from = last.next;
  }
  if (!call.cancelled) await goLive({ store, faults, call, matches, interval, isFiltered: options.hasFilter(), looked });
}

interface Live {
  readonly store: DoubleStore;
  readonly faults: Faults;
  readonly call: ReadCall;
  readonly matches: Matches;
  readonly interval: number;
  readonly isFiltered: boolean;
  readonly looked: number;
}

/** Must begin to listen in the turn in which catching up has ended. */
async function goLive({ store, faults, call, matches, interval, isFiltered, looked: already }: Live): Promise<void> {
  const buffer: ReadResp[] = [caughtUp()];
  let looked = already;
  let isTooSlow = false;
  let wake = () => {};
  const leave = store.listen((events) => {
    for (const event of events) {
      if (isTooSlow) break;
      if (matches(event)) buffer.push(readEvent(event, true));
      if (isFiltered && ++looked >= interval) {
        looked = 0;
        if (!matches(event)) buffer.push(checkpoint(event.position, event.position));
      }
      isTooSlow = buffer.length > LIVE_BUFFER;
    }
    wake();
  });
  const end = () => wake();
  call.once('cancelled', end);
  try {
    while (!call.cancelled) {
      await faults.pass();
      const response = faults.now.muteSubscriptions ? undefined : buffer.shift();
      if (response !== undefined) {
        await send(call, response);
        await nextTurn();
      } else if (isTooSlow) {
        throw new Failure(status.ABORTED, 'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.');
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    leave();
    call.off('cancelled', end);
  }
}

/** A subscription goes on after the record at its position, whatever that is. */
function afterFirst(store: DoubleStore, position: number, options: ReadReq.Options): number {
  if (options.getAll()?.hasPosition() !== true) return position;
  const [first] = store.log.allForwards(position, 1, store.committed);
  return first?.next ?? position;
}

function filterOf(filter: ReadReq.Options.FilterOptions | undefined): Matches {
  if (filter === undefined) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const text: (event: LoggedEvent) => string = filter.hasStreamIdentifier() ? ({ stream }) => stream : ({ type }) => type;
  const prefixes = expression?.getPrefixList() ?? [];
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => text(event).startsWith(prefix));
  const pattern = new RegExp(expression?.getRegex() ?? '', 'u');
  return (event) => pattern.test(text(event));
}

const windowOf = (filter: ReadReq.Options.FilterOptions | undefined): number => (filter?.hasMax() === true ? filter.getMax() : SEARCH_WINDOW);
