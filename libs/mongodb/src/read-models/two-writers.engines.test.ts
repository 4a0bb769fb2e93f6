import { systemClock } from '@tillroll/kernel';
import type { DocumentWrite, StoredDocument } from '@tillroll/read-models';
import fc from 'fast-check';
import { type MongoUnderTest, mongoUnderTest } from '../testing/mongo-under-test';
import { ferretDb, mongoDb } from './dialect';
import { type MongoReadModels, openMongoReadModels } from './mongo-read-models';

const BOOKS = { version: 1, indexes: [{ fields: ['year'] }], state: 'live' } as const;

describe.each([['MongoDB', mongoDb], ['FerretDB', ferretDb]] as const)('two writers, in the way of %s', (_, dialect) => {
  let mongo: MongoUnderTest;
  let one: MongoReadModels;
  let other: MongoReadModels;
  let projections = 0;
  beforeAll(async () => {
    mongo = await mongoUnderTest();
    const open = async () => openMongoReadModels({ connection: await mongo.connect(), clock: systemClock, dialect });
    [one, other] = [await open(), await open()];
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await mongo.close();
  });
  const create = async () => (await one.create({ ...BOOKS, projection: `sample.books-${++projections}` })).id;
  const write = (models: MongoReadModels, generation: number, position: number, ...documents: readonly DocumentWrite[]) => models.write([{ generation, position, documents }]);
  const emma = (year: number): DocumentWrite => ({ id: 'emma', document: { year }, guards: { 'book-emma': year } });
  const positionOf = async (generation: number) => (await one.generations()).find(({ id }) => id === generation)?.position;
  const yearOf = async (generation: number) => (await one.load(generation, new Set(['emma']))).get('emma')?.document?.['year'];

  it('leave the documents and the position of the one that is further', async () => {
    const id = await create();
    await write(one, id, 10, emma(1));
    await write(other, id, 20, emma(2));
    await write(one, id, 15, { id: 'other', document: { year: 1 }, guards: {} });
    await write(one, id, 15, emma(1));
    expect(await yearOf(id)).toBe(2);
    expect(await positionOf(id)).toBe(20);
    expect(await one.count(id)).toBe(2);
  });

  it('do not bring back what one of them has removed', async () => {
    const id = await create();
    await write(one, id, 10, emma(1));
    await write(other, id, 20, { id: 'emma', document: undefined, guards: { 'book-emma': 2 } });
    await write(one, id, 15, emma(1));
    expect(await yearOf(id)).toBeUndefined();
    expect(await other.count(id)).toBe(0);
    await write(one, id, 30, emma(3));
    expect(await yearOf(id)).toBe(3);
  });

  it('may write the same at the same time', async () => {
    const id = await create();
    const documents = Array.from({ length: 40 }, (__, i): DocumentWrite => ({ id: `b${i}`, document: { year: i }, guards: {} }));
    await Promise.all([write(one, id, 5, ...documents), write(other, id, 5, ...documents.toReversed()), write(one, id, 5, ...documents)]);
    expect(await one.count(id)).toBe(40);
    expect(await positionOf(id)).toBe(5);
  });

  it('make one of them the creator of a generation', async () => {
    const projection = `sample.books-${++projections}`;
    const created = await Promise.allSettled([one, other, one, other].map((models) => models.create({ ...BOOKS, projection })));
    expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await other.generations()).filter((generation) => generation.projection === projection)).toHaveLength(1);
  });

  it('end with the fold of the whole log, however they take turns, crash and begin again', async () => {
    const ids = ['a', 'b', 'c'];
    const events = fc.array(fc.record({ touched: fc.subarray(ids, { minLength: 1 }), removes: fc.boolean() }), { minLength: 1, maxLength: 12 });
    const turns = fc.array(fc.record({ who: fc.nat({ max: 1 }), does: fc.constantFrom('read', 'read', 'write', 'write', 'crash'), size: fc.integer({ min: 1, max: 5 }) }), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(events, turns, async (log, schedule) => {
        const id = await create();
        const foldUpTo = (from: number, to: number, stored: ReadonlyMap<string, StoredDocument>): readonly DocumentWrite[] =>
          ids.flatMap((document) => {
            const before = stored.get(document);
            const seen = [...((before?.document?.['seen'] as readonly number[] | undefined) ?? [])];
            const guards = { ...before?.guards };
            let isThere = before?.document !== undefined;
            let changed = false;
            for (let position = from + 1; position <= to; position++) {
              const event = log[position - 1];
              if (event?.touched.includes(document) !== true || (guards[`stream-${position % 3}`] ?? -1) >= position) continue;
              guards[`stream-${position % 3}`] = position;
              changed = true;
              isThere = !event.removes;
              if (event.removes) seen.length = 0;
              else seen.push(position);
            }
            return changed ? [{ id: document, document: isThere ? { seen: [...seen] } : undefined, guards }] : [];
          });
        const models = [one, other];
        const writers = [0, 1].map(() => ({ position: 0, ready: undefined as { readonly position: number; readonly documents: readonly DocumentWrite[] } | undefined }));
        const turn = async (who: number, does: string, size: number) => {
          const [writer, store] = [writers[who], models[who]];
          if (writer === undefined || store === undefined) return;
          if (does === 'crash') {
            writer.ready = undefined;
            writer.position = (await positionOf(id)) ?? 0;
          } else if (does === 'read') {
            const position = Math.min(log.length, writer.position + size);
            writer.ready = { position, documents: foldUpTo(writer.position, position, await store.load(id, new Set(ids))) };
          } else if (writer.ready !== undefined) {
            await write(store, id, writer.ready.position, ...writer.ready.documents);
            writer.position = writer.ready.position;
            writer.ready = undefined;
          }
        };
        for (const { who, does, size } of schedule) await turn(who, does, size);
        for (const does of ['crash', 'read', 'write']) await turn(0, does, log.length);
        const expected = new Map(foldUpTo(0, log.length, new Map()).flatMap(({ id: key, document }) => (document === undefined ? [] : [[key, document]])));
        expect(new Map((await one.scan(id, { limit: 10 })).map(({ id: key, document }) => [key, document]))).toEqual(expected);
        expect(await positionOf(id)).toBe(log.length);
      }),
      { numRuns: 20 },
    );
  });
});
