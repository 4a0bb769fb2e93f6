import { StoreUnavailable } from '@tillroll/event-store';
import type { Document, Query, ReadModels, Scalar } from '../port';
import type { DocumentWrite, Generation, GenerationState, ProjectionStore } from '../projection-store';

export interface OpenedReadModels {
  readonly models: ReadModels & ProjectionStore;
  close(): Promise<void>;
}

/** A place that keeps its data from one opening to the next. */
export interface ReadModelsPlace {
  open(): Promise<OpenedReadModels>;
  remove(): Promise<void>;
}

const BOOKS = 'sample.books';
const indexes = [{ fields: ['year'] }, { fields: ['author', 'year'] }, { fields: ['lent', 'author', 'title'] }];

const book = (id: string, document: Document, guards: Readonly<Record<string, number>> = { [`book-${id}`]: 0 }): DocumentWrite => ({ id, document, guards });
const gone = (id: string, guards: Readonly<Record<string, number>>): DocumentWrite => ({ id, document: undefined, guards });

/** What every adapter of {@link ReadModels} and {@link ProjectionStore} promises. */
export function readModelsContract(name: string, place: () => Promise<ReadModelsPlace>): void {
  describe(`read models in ${name}`, () => {
    let under: ReadModelsPlace;
    let opened: OpenedReadModels;

    beforeEach(async () => {
      under = await place();
      opened = await under.open();
    });
    afterEach(async () => {
      await opened.close();
      await under.remove();
    });

    const reopen = async () => {
      await opened.close();
      opened = await under.open();
    };
    const create = (state: GenerationState = 'live', projection = BOOKS): Promise<Generation> => opened.models.create({ projection, version: 1, indexes, state });
    const write = ({ id }: Generation, position: number, ...documents: readonly DocumentWrite[]) => opened.models.write([{ generation: id, position, documents }]);
    const generation = async (id: number) => (await opened.models.generations()).find((other) => other.id === id);
    const find = async (query: Query) => (await opened.models.find(BOOKS, query)).map(({ id }) => id);
    const load = async ({ id }: Generation, ...ids: readonly string[]) => await opened.models.load(id, new Set(ids));

    describe('documents', () => {
      it('are found by their ids, whole and as they were written last', async () => {
        const books = await create();
        const emma = { title: 'Emma', author: 'Austen', tags: ['novel', { of: 'manners' }], none: null, deep: { deeper: [1, 'ü', true] } };
        await write(books, 1, book('emma', { title: 'Emm' }), book('other', { title: 'Other' }));
        await write(books, 2, book('emma', emma));
        expect(await opened.models.get(BOOKS, 'emma')).toEqual(emma);
        await reopen();
        expect(await opened.models.get(BOOKS, 'emma')).toEqual(emma);
        expect(await opened.models.get(BOOKS, 'missing')).toBeUndefined();
      });

      it('are gone when they were removed, and may come again', async () => {
        const books = await create();
        await write(books, 1, book('emma', { title: 'Emma', year: 1815 }));
        await write(books, 2, gone('emma', { 'book-emma': 1 }));
        expect(await opened.models.get(BOOKS, 'emma')).toBeUndefined();
        expect(await find({ orderBy: 'year', direction: 'ascending', limit: 10 })).toEqual([]);
        expect(await opened.models.count(books.id)).toBe(0);
        await write(books, 3, book('emma', { title: 'Emma again', year: 1816 }));
        await reopen();
        expect(await opened.models.get(BOOKS, 'emma')).toEqual({ title: 'Emma again', year: 1816 });
        expect(await find({ orderBy: 'year', direction: 'ascending', limit: 10 })).toEqual(['emma']);
      });

      it('may have any ids and field names', async () => {
        const books = await create();
        const odd = ["o'brien", '"; DROP TABLE books; --', '__proto__', 'constructor', 'ünï', '日本', '%_', ' '];
        await write(books, 1, ...odd.map((id) => book(id, { ["fi'eld\" -- $x.y"]: id, year: 1 })));
        for (const id of odd) expect(await opened.models.get(BOOKS, id)).toEqual({ ["fi'eld\" -- $x.y"]: id, year: 1 });
        expect(new Set(await find({ orderBy: 'year', direction: 'ascending', limit: 100 }))).toEqual(new Set(odd));
      });

      it('of projections that have no generation are asked for in vain', async () => {
        await expect(opened.models.get('sample.unknown', 'emma')).rejects.toThrow(TypeError);
        await expect(opened.models.find('sample.unknown', { orderBy: 'year', direction: 'ascending', limit: 1 })).rejects.toThrow(TypeError);
      });
    });

    describe('a query', () => {
      beforeEach(async () => {
        const books = await create();
        await write(
          books, 1,
          book('emma', { title: 'Emma', author: 'Austen', year: 1815, lent: true }),
          book('persuasion', { title: 'Persuasion', author: 'Austen', year: 1817, lent: false }),
          book('northanger', { title: 'Northanger Abbey', author: 'Austen', year: 1817, lent: false }),
          book('middlemarch', { title: 'Middlemarch', author: 'Eliot', year: 1871, lent: false }),
          book('undated', { title: 'Undated', author: 'Austen', lent: false }),
        );
      });

      it('finds in the order of a field, equal ones in the order of their ids', async () => {
        expect(await find({ orderBy: 'year', direction: 'ascending', limit: 10 })).toEqual(['emma', 'northanger', 'persuasion', 'middlemarch']);
        expect(await find({ orderBy: 'year', direction: 'descending', limit: 10 })).toEqual(['middlemarch', 'persuasion', 'northanger', 'emma']);
      });

      it('finds what is equal in all its fields, in any order of naming', async () => {
        expect(await find({ where: { author: 'Austen' }, orderBy: 'year', direction: 'descending', limit: 10 })).toEqual(['persuasion', 'northanger', 'emma']);
        expect(await find({ where: { author: 'Austen', lent: false }, orderBy: 'title', direction: 'ascending', limit: 10 })).toEqual(['northanger', 'persuasion', 'undated']);
        expect(await find({ where: { lent: true, author: 'Austen' }, orderBy: 'title', direction: 'ascending', limit: 10 })).toEqual(['emma']);
      });

      it('does not take one type for another', async () => {
        for (const other of [1, '1', 'true'])
          expect(await find({ where: { lent: other, author: 'Austen' }, orderBy: 'title', direction: 'ascending', limit: 10 })).toEqual([]);
      });

      it('goes on behind a place, also behind one that is no more', async () => {
        const page = (after?: { value: Scalar; id: string }) => find({ orderBy: 'year', direction: 'descending', limit: 2, ...(after === undefined ? {} : { after }) });
        expect(await page()).toEqual(['middlemarch', 'persuasion']);
        expect(await page({ value: 1817, id: 'persuasion' })).toEqual(['northanger', 'emma']);
        expect(await page({ value: 1817, id: 'o' })).toEqual(['northanger', 'emma']);
        expect(await page({ value: 1815, id: 'emma' })).toEqual([]);
      });

      it('follows documents that change', async () => {
        const [books] = await opened.models.generations();
        if (books === undefined) throw new Error('no generation');
        await write(books, 2, book('emma', { title: 'Emma', author: 'Austen', year: 1900, lent: false }));
        expect(await find({ orderBy: 'year', direction: 'descending', limit: 1 })).toEqual(['emma']);
        expect(await find({ where: { lent: true, author: 'Austen' }, orderBy: 'title', direction: 'ascending', limit: 10 })).toEqual([]);
        await write(books, 3, book('emma', { title: 'Emma', author: 'Austen', lent: false }));
        expect(await find({ orderBy: 'year', direction: 'descending', limit: 1 })).toEqual(['middlemarch']);
      });

      it('orders numbers before strings before booleans, and leaves out what is neither', async () => {
        const [books] = await opened.models.generations();
        if (books === undefined) throw new Error('no generation');
        const years: readonly unknown[] = [-1.5, 0, 2, 10, 1e21, '', '10', '9', 'Z', 'a', 'é', '日', false, true, null, [1], { of: 1 }];
        await write(books, 2, ...years.map((year, i) => book(`y${String(i).padStart(2, '0')}`, { author: 'odd', year })));
        const ids = years.slice(0, -3).map((_, i) => `y${String(i).padStart(2, '0')}`);
        const ofOdd = { where: { author: 'odd' }, orderBy: 'year', limit: 100 } as const;
        expect(await find({ ...ofOdd, direction: 'ascending' })).toEqual(ids);
        expect(await find({ ...ofOdd, direction: 'descending' })).toEqual(ids.toReversed());
        for (const [i, year] of years.slice(0, -3).entries())
          expect(await find({ ...ofOdd, direction: 'ascending', after: { value: year as Scalar, id: ids[i] ?? '' } })).toEqual(ids.slice(i + 1));
      });

      it.each<[string, Query]>([
        ['no index has its fields', { where: { title: 'Emma' }, orderBy: 'year', direction: 'ascending', limit: 1 }],
        ['no index has its order', { where: { author: 'Austen' }, orderBy: 'title', direction: 'ascending', limit: 1 }],
        ['an index has more fields', { where: { lent: true }, orderBy: 'title', direction: 'ascending', limit: 1 }],
        ['it compares with an object', { where: { author: { $ne: '' } as unknown as Scalar }, orderBy: 'year', direction: 'ascending', limit: 1 }],
        ['it compares with nothing', { where: { author: undefined as unknown as Scalar }, orderBy: 'year', direction: 'ascending', limit: 1 }],
        ['it goes on behind an object', { orderBy: 'year', direction: 'ascending', after: { value: {} as unknown as Scalar, id: '' }, limit: 1 }],
        ['its limit is no number', { orderBy: 'year', direction: 'ascending', limit: Number.NaN }],
        ['its limit is zero', { orderBy: 'year', direction: 'ascending', limit: 0 }],
      ])('is refused when %s', async (_, query) => {
        await expect(opened.models.find(BOOKS, query)).rejects.toThrow(TypeError);
      });
    });

    describe('what was folded', () => {
      it('is told by the position and the guards, also after a restart', async () => {
        const books = await create();
        await opened.models.write([{ generation: books.id, position: 7, documents: [book('emma', { title: 'Emma' }, { 'book-emma': 3, 'loan-1': 0 })] }]);
        await reopen();
        expect(await generation(books.id)).toEqual({ ...books, position: 7 });
        expect((await load(books, 'emma', 'missing')).get('emma')).toMatchObject({ document: { title: 'Emma' }, guards: { 'book-emma': 3, 'loan-1': 0 } });
        expect((await load(books, 'missing')).size).toBe(0);
      });

      it('has a position also when no document changed', async () => {
        const books = await create();
        await write(books, 9);
        await reopen();
        expect(await generation(books.id)).toMatchObject({ position: 9 });
      });

      it('has no position before all of it is written, and remembers what it has removed until then', async () => {
        const books = await create();
        await write(books, 1, book('emma', { title: 'Emma', year: 1815 }, { 'book-emma': 0 }));
        await opened.models.write([{ generation: books.id, position: 5, documents: [gone('emma', { 'book-emma': 1 })], unfinished: true }]);
        await reopen();
        expect(await generation(books.id)).toMatchObject({ position: 1 });
        expect(await opened.models.get(BOOKS, 'emma')).toBeUndefined();
        expect(await find({ orderBy: 'year', direction: 'ascending', limit: 10 })).toEqual([]);
        expect(await opened.models.count(books.id)).toBe(0);
        expect(await opened.models.scan(books.id, { limit: 10 })).toEqual([]);
        expect((await load(books, 'emma')).get('emma')).toMatchObject({ document: undefined, guards: { 'book-emma': 1 } });

        await write(books, 3, book('other', { title: 'Other' }));
        expect((await load(books, 'emma')).get('emma')).toMatchObject({ document: undefined, guards: { 'book-emma': 1 } });
        await write(books, 5);
        await write(books, 6, book('emma', { title: 'Emma', year: 1816 }, { 'book-emma': 2 }));
        expect(await find({ orderBy: 'year', direction: 'ascending', limit: 10 })).toEqual(['emma']);
      });

      it('by several projections is written together', async () => {
        const [books, films] = [await create(), await create('live', 'sample.films')];
        await opened.models.write([
          { generation: books.id, position: 4, documents: [book('emma', { title: 'Emma' })] },
          { generation: films.id, position: 4, documents: [book('emma', { title: 'Emma, 2020' })] },
        ]);
        expect(await opened.models.get('sample.films', 'emma')).toEqual({ title: 'Emma, 2020' });
        expect(await opened.models.get(BOOKS, 'emma')).toEqual({ title: 'Emma' });
      });

      it('is read whole in the order of the ids', async () => {
        const books = await create();
        const ids = ['b', 'a', 'Z', 'é', 'c'];
        await write(books, 1, ...ids.map((id) => book(id, { id })));
        const scan = async (limit: number, after?: string) => (await opened.models.scan(books.id, { limit, ...(after === undefined ? {} : { after }) })).map(({ id }) => id);
        expect(await scan(10)).toEqual(['Z', 'a', 'b', 'c', 'é']);
        expect(await scan(2, 'a')).toEqual(['b', 'c']);
        expect(await opened.models.count(books.id)).toBe(5);
      });
    });

    describe('generations', () => {
      it('begin at the beginning of the log, empty', async () => {
        expect(await opened.models.generations()).toEqual([]);
        expect(await create()).toEqual({ id: expect.any(Number), projection: BOOKS, version: 1, indexes, state: 'live', position: 0 });
      });

      it('of one projection are live once, and candidate once', async () => {
        await create();
        await expect(create()).rejects.toThrow();
        await create('candidate');
        await expect(create('candidate')).rejects.toThrow();
      });

      it('beside the live one are not seen by queries until they are promoted', async () => {
        const old = await create();
        await write(old, 1, book('emma', { title: 'Old', year: 1 }));
        const candidate = await create('candidate');
        await write(candidate, 1, book('emma', { title: 'New', year: 2 }), book('other', { title: 'Other', year: 3 }));
        expect(await opened.models.get(BOOKS, 'emma')).toEqual({ title: 'Old', year: 1 });

        await opened.models.buildIndexes(candidate.id);
        await opened.models.promote(candidate.id);
        for (let restarted = 0; restarted < 2; restarted++) {
          expect(await opened.models.get(BOOKS, 'emma')).toEqual({ title: 'New', year: 2 });
          expect(await find({ orderBy: 'year', direction: 'descending', limit: 10 })).toEqual(['other', 'emma']);
          expect(await generation(old.id)).toMatchObject({ state: 'previous' });
          expect(await generation(candidate.id)).toMatchObject({ state: 'live' });
          await reopen();
        }
      });

      it('of older code refuse queries that only newer ones can answer as unavailable', async () => {
        await create();
        await opened.models.create({ projection: BOOKS, version: 2, indexes: [...indexes, { fields: ['publisher', 'year'] }], state: 'candidate' });
        const query = { where: { publisher: 'Murray' }, orderBy: 'year', direction: 'ascending', limit: 1 } as const;
        await expect(opened.models.find(BOOKS, query)).rejects.toThrow(StoreUnavailable);
        await expect(opened.models.find(BOOKS, { ...query, orderBy: 'title' })).rejects.toThrow(TypeError);
      });

      it('can be switched back, with what was written to them meanwhile', async () => {
        const old = await create();
        const candidate = await create('candidate');
        await opened.models.buildIndexes(candidate.id);
        await opened.models.promote(candidate.id);
        await write(old, 2, book('emma', { title: 'Old, still fed', year: 1 }));
        await opened.models.promote(old.id);
        expect(await opened.models.get(BOOKS, 'emma')).toEqual({ title: 'Old, still fed', year: 1 });
        expect(await generation(candidate.id)).toMatchObject({ state: 'previous' });
      });

      it('are not promoted while there is another previous one', async () => {
        const [, second] = [await create(), await create('candidate')];
        await opened.models.promote(second.id);
        const third = await create('candidate');
        await expect(opened.models.promote(third.id)).rejects.toThrow();
        expect(await generation(second.id)).toMatchObject({ state: 'live' });
      });

      it('are gone with all documents when they are dropped', async () => {
        const books = await create();
        const candidate = await create('candidate');
        await write(candidate, 1, ...Array.from({ length: 1_200 }, (_, i) => book(`b${i}`, { year: i })));
        await opened.models.drop(candidate.id);
        expect(await opened.models.generations()).toEqual([books]);
        await expect(opened.models.count(candidate.id)).rejects.toThrow();
        await reopen();
        expect(await opened.models.generations()).toEqual([books]);
        const next = await create('candidate');
        expect(await opened.models.count(next.id)).toBe(0);
      });
    });
  });
}
