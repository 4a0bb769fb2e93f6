import { randomUUID } from 'node:crypto';
import { type ConsumerRecords, type DiscardedEvent, type ParkedRow } from '@tillroll/event-bus';
import { StoreUnavailable } from '@tillroll/event-store';
import type { MongoConnection } from '../connection';
import { isDuplicateKey } from '../storage-error';
import { Lanes } from './lanes';

type Row = Omit<ParkedRow, 'consumer' | 'subject'>;

/** Everything that is parked of one subject of one consumer: what is done to it is one write. */
interface ParkedDocument {
  readonly _id: string;
  readonly consumer: string;
  readonly subject: string;
  /** Another one with every write. */
  readonly version: string;
  readonly first: Row;
  readonly rows: readonly Row[];
}

interface DiscardedDocument extends DiscardedEvent {
  readonly _id: string;
}

const [PARKED, DISCARDED] = ['parked', 'discarded'];
/** Somebody else wrote in between, so often. */
const MOST_ATTEMPTS = 50;

/** Parked and discarded events in MongoDB. */
export async function openMongoConsumerRecords(connection: MongoConnection): Promise<ConsumerRecords> {
  const parked = connection.collection<ParkedDocument>(PARKED);
  const discarded = connection.collection<DiscardedDocument>(DISCARDED);
  const lanes = new Lanes();
  await connection.run(() => Promise.all([parked.createIndex({ consumer: 1 }), discarded.createIndex({ consumer: 1, discardedAt: 1 })]));

  /** Writes what `change` makes of the rows; undefined leaves them as they are. Resolves with whether it wrote. */
  function change(consumer: string, subject: string, change: (rows: readonly Row[]) => readonly Row[] | undefined): Promise<boolean> {
    const _id = JSON.stringify([consumer, subject]);
    return lanes.run(_id, () =>
      connection.run(async () => {
        for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
          const before = await parked.findOne({ _id });
          const rows = change(before?.rows ?? []);
          if (rows === undefined) return false;
          if (await write({ _id, consumer, subject }, before?.version, rows)) return true;
        }
        throw new StoreUnavailable(`${subject} is being changed by others all the time`);
      }),
    );
  }

  /** False when somebody else wrote in between. */
  async function write(place: Pick<ParkedDocument, '_id' | 'consumer' | 'subject'>, version: string | undefined, rows: readonly Row[]): Promise<boolean> {
    const { _id, ...of } = place;
    const [first] = rows;
    const asBefore = { _id, version: { $eq: version ?? '' } };
    if (first === undefined) return version === undefined || (await parked.deleteOne(asBefore)).deletedCount === 1;
    const document = { ...of, version: randomUUID(), first, rows };
    if (version !== undefined) return (await parked.replaceOne(asBefore, document)).matchedCount === 1;
    try {
      await parked.insertOne({ _id, ...document });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** `onlyBehind`: nothing is parked where nothing is. */
  async function park(rows: readonly ParkedRow[], onlyBehind: boolean): Promise<boolean> {
    let written = false;
    for (const { consumer, subject, rows: some } of bySubject(rows))
      written = (await change(consumer, subject, (there) => (onlyBehind && there.length === 0 ? undefined : merged(there, some)))) || written;
    return written;
  }

  const unpark: ConsumerRecords['unpark'] = async ({ consumer, subject, position }) => {
    await change(consumer, subject, (rows) => (rows.some((row) => row.position === position) ? rows.filter((row) => row.position !== position) : undefined));
  };

  const of = (consumer: string, withRows: boolean) =>
    connection.run(() => parked.find({ consumer: { $eq: consumer } }, withRows ? {} : { projection: { rows: 0 } }).sort({ _id: 1 }).toArray());

  return {
    park: async (rows) => void (await park(rows, false)),
    parkBehind: (rows) => park(rows, true),

    async keepFailure({ consumer, subject, position, failed, attempts, error, parkedAt }) {
      await change(consumer, subject, (rows) => {
        if (!rows.some((row) => row.position === position)) return undefined;
        return rows.map((row) => (row.position === position ? { ...row, failed, attempts, error, parkedAt } : row));
      });
    },

    unpark,

    async discard(event) {
      const { consumer, subject, position } = event;
      await connection.run(async () => {
        try {
          await discarded.insertOne({ _id: JSON.stringify([consumer, subject, position]), ...event });
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      });
      await unpark(event);
    },

    parked: async (consumer) => (await of(consumer, true)).flatMap(({ subject, rows }) => rows.map((row) => ({ consumer, subject, ...row }))),
    firstOfEach: async (consumer) => (await of(consumer, false)).map(({ subject, first }) => ({ consumer, subject, ...first })),

    firstParked: (consumer, subject) =>
      connection.run(async () => {
        const found = await parked.findOne({ _id: JSON.stringify([consumer, subject]) }, { projection: { rows: 0 } });
        return found === null ? undefined : { consumer, subject, ...found.first };
      }),

    discarded: (consumer) =>
      connection.run(async () => {
        const found = await discarded.find({ consumer: { $eq: consumer } }).sort({ discardedAt: 1, position: 1 }).toArray();
        return found.map(({ _id, ...event }) => event);
      }),
  };
}

interface RowsOfSubject {
  readonly consumer: string;
  readonly subject: string;
  readonly rows: readonly Row[];
}

function bySubject(rows: readonly ParkedRow[]): readonly RowsOfSubject[] {
  const subjects = Map.groupBy(rows, ({ consumer, subject }) => JSON.stringify([consumer, subject]));
  return [...subjects.values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ consumer: first.consumer, subject: first.subject, rows: some.map(({ consumer: _, subject: __, ...row }) => row) }];
  });
}

/** In order of their positions; those that were there stay as they are. */
function merged(there: readonly Row[], rows: readonly Row[]): readonly Row[] {
  const all = new Map([...rows, ...there].map((row) => [row.position, row]));
  return [...all.values()].sort((a, b) => a.position - b.position);
}
