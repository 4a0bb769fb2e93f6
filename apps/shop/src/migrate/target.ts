import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore, StoreUnavailable } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import { InvalidSettings } from '@tillroll/settings';
import { embeddedPlace } from './embedded-place';
import { MoveRefused } from './move-refused';
import type { Place } from './place';

export interface TargetAddresses {
  readonly from: string;
  /** A directory; else the event store is the one at `eventStoreUrl`. */
  readonly directory: string | undefined;
  readonly eventStoreUrl: string | undefined;
  /** For what is not an event, beside a directory given as the target. */
  readonly mongodbUrl: string | undefined;
  readonly keepDirectory: string | undefined;
}

export interface MoveTarget {
  /** Without credentials. */
  readonly name: string;
  readonly store: EventStore;
  readonly placeNames: readonly string[];
  readonly places: () => Promise<readonly Place[]>;
}

/** What is opened is closed with `closing`. `dryRun`: nothing is created. Throws `InvalidSettings` for addresses that are none. */
export async function openTarget(addresses: TargetAddresses, { clock, dryRun, closing }: { readonly clock: Clock; readonly dryRun: boolean; readonly closing: AsyncDisposableStack }): Promise<MoveTarget> {
  const { directory, eventStoreUrl, mongodbUrl, keepDirectory } = addresses;
  for (const other of [directory, keepDirectory])
    if (other !== undefined && resolve(other) === resolve(addresses.from)) throw new MoveRefused(`${other} is where the shop is moved from: name another directory`);
  const engines = new Map<string, EmbeddedEngine>();
  const openEngine = (path: string): EmbeddedEngine => {
    const known = engines.get(resolve(path)) ?? EmbeddedEngine.open({ directory: path });
    engines.set(resolve(path), known);
    closing.defer(() => known.close());
    return known;
  };
  const directories = [directory, keepDirectory].filter((path) => path !== undefined);
  const placeNames = [...directories.map((path) => resolve(path)), ...(mongodbUrl === undefined ? [] : [withoutCredentials(mongodbUrl)])];
  const places = async (): Promise<readonly Place[]> => [
    ...directories.map((path) => embeddedPlace(openEngine(path))),
    ...(mongodbUrl === undefined ? [] : [await mongoPlace(mongodbUrl, clock, closing)]),
  ];
  if (directory !== undefined) return { name: directory, store: dryRun ? openBeside(directory, closing) : openEmbeddedEventStore({ engine: openEngine(directory) }), placeNames, places };

  const url = eventStoreUrl ?? '';
  const { openEventStoreDb } = await import('@tillroll/event-store/eventstoredb/eventstoredb-event-store');
  const store = ofValidAddress('EVENTSTORE_URL', () => openEventStoreDb({ url, silenceMs: 10_000 }));
  closing.defer(() => store.close());
  return { name: withoutCredentials(url), store, placeNames, places };
}

async function mongoPlace(url: string, clock: Clock, closing: AsyncDisposableStack): Promise<Place> {
  const { openMongoPlace } = await import('@tillroll/shop/migrate/mongo-place');
  const opened = await openMongoPlace(url, clock, closing).catch((error: unknown) => ofValidAddress('MONGODB_URL', () => { throw error; }));
  return { name: withoutCredentials(url), ...opened };
}

/** Creates nothing, and is empty where there is nothing. */
function openBeside(directory: string, closing: AsyncDisposableStack): EventStore {
  if (!existsSync(join(directory, 'tillroll.db'))) return nothing(directory);
  const engine = EmbeddedEngine.open({ directory, readOnly: true });
  closing.defer(() => engine.close());
  return openEmbeddedEventStore({ engine });
}

function nothing(directory: string): EventStore {
  const refuse = () => Promise.reject(new StoreUnavailable(`${directory} does not exist`));
  async function* none(): AsyncIterable<never> {}
  return { append: refuse, readStream: none, readAll: none, subscribe: none, head: () => Promise.resolve(0), truncateStream: refuse, deleteStream: refuse, close: () => Promise.resolve() };
}

function ofValidAddress<T>(setting: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidSettings([{ setting, given: undefined, allowed: `an address that its client can read: ${error.message}` }]);
  }
}

const withoutCredentials = (url: string): string => url.replace(/\/\/[^/]*@/, '//').replace(/\?.*$/, '');
