import type { EventStore } from '../port';
import { appendingContract } from './appending-contract';
import { forgettingContract } from './forgetting-contract';
import { readingContract } from './reading-contract';
import { repeatingContract } from './repeating-contract';
import { subscribingContract } from './subscribing-contract';

export interface OpenedEventStore {
  readonly store: EventStore;
  /** Closes the store and what it stands on. */
  close(): Promise<void>;
}

/**
 * What every adapter of the {@link EventStore} promises, for its spec to call. The store may hold other events:
 * each test has streams of its own.
 */
export function eventStoreContract(name: string, open: () => OpenedEventStore | Promise<OpenedEventStore>): void {
  describe(`event store: ${name}`, () => {
    let opened: OpenedEventStore | undefined;
    const store = (): EventStore => {
      if (opened === undefined) throw new Error('the store is not open');
      return opened.store;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => await opened?.close());

    describe('appending', () => appendingContract(store));
    describe('repeating an append', () => repeatingContract(store));
    describe('reading', () => readingContract(store));
    describe('subscribing', () => subscribingContract(store));
    describe('forgetting', () => forgettingContract(store));
  });
}
