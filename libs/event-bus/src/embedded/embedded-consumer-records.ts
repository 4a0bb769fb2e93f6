import type { ConsumerRecords } from '../consumers/consumer-records';
import { type BusEngine, type BusTables, openBusTables } from './bus-tables';

export function embeddedConsumerRecords(engine: BusEngine, tables: BusTables = openBusTables(engine)): ConsumerRecords {
  return {
    park: (rows) => engine.write(() => rows.forEach(tables.park)),
    parkBehind: (rows) =>
      engine.write(() => {
        const [first] = rows;
        if (first === undefined || tables.firstParked(first.consumer, first.subject) === undefined) return false;
        rows.forEach(tables.park);
        return true;
      }),
    keepFailure: (row) => engine.write(() => tables.keepFailure(row)),
    unpark: (place) => engine.write(() => tables.unpark(place)),
    discard: (event) =>
      engine.write(() => {
        tables.keepDiscarded(event);
        tables.unpark(event);
      }),
    parked: async (consumer) => tables.parked(consumer),
    firstOfEach: async (consumer) => tables.firstOfEach(consumer),
    firstParked: async (consumer, subject) => tables.firstParked(consumer, subject),
    discarded: async (consumer) => tables.discarded(consumer),
  };
}
