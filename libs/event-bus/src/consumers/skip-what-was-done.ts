import type { Consumer, EventBus } from '../port';
import type { RelayCheckpoints } from '../relay/relay-checkpoints';
import type { ConsumerRecords } from './consumer-records';

/** Under this name a move of the shop keeps, beside the checkpoints of the relays, how far a consumer had come before it. */
export const doneBeforeMove = (consumer: string): string => `moved/${consumer}`;

/** The oldest epoch: a relay that leads is always newer. */
const BEFORE_ALL = 0;

export const keepDoneBeforeMove = (checkpoints: RelayCheckpoints, consumer: string, position: number): Promise<boolean> =>
  checkpoints.put(doneBeforeMove(consumer), position, BEFORE_ALL);

export interface SkippingOptions {
  readonly checkpoints: Pick<RelayCheckpoints, 'get'>;
  readonly records: Pick<ConsumerRecords, 'firstParked'>;
}

/**
 * The bus, with consumers that know what they had handled before the shop was moved to other engines. Relays begin where
 * the slowest consumer was; the others get those events again, and let them pass here without any effect. What had been
 * parked had no effect: it is handled when it is retried.
 */
export function skippingWhatWasDone(bus: EventBus, { checkpoints, records }: SkippingOptions): EventBus {
  const skipping = (consumer: Consumer): Consumer => {
    let done: Promise<number> | undefined;
    const doneUpTo = (): Promise<number> => {
      done ??= checkpoints.get(doneBeforeMove(consumer.name)).catch((error: unknown) => {
        done = undefined;
        throw error;
      });
      return done;
    };
    return {
      name: consumer.name,
      types: consumer.types,
      async handle(event) {
        if (event.position <= (await doneUpTo())) {
          const parked = await records.firstParked(consumer.name, event.subject);
          if (parked === undefined || event.position !== parked.position) return;
        }
        await consumer.handle(event);
      },
    };
  };
  return {
    register: (consumer) => bus.register(skipping(consumer)),
    start: () => bus.start(),
    stop: () => bus.stop(),
    caughtUp: (position, options) => bus.caughtUp(position, options),
    parked: (consumer) => bus.parked(consumer),
    discarded: (consumer) => bus.discarded(consumer),
    retry: (consumer, subject) => bus.retry(consumer, subject),
    discard: (consumer, subject, reason) => bus.discard(consumer, subject, reason),
    status: () => bus.status(),
  };
}
