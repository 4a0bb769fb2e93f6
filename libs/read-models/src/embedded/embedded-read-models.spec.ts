import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store';
import fc from 'fast-check';
import { readModelsContract } from '../testing/read-models-contract';
import { EmbeddedReadModels, openEmbeddedReadModels } from './embedded-read-models';
import { openReadModelsBeside } from './read-models-beside';

const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'read-models-'));

function placeIn(directory: string, cachedCharacters?: number) {
  return {
    async open() {
      const engine = EmbeddedEngine.open({ directory });
      const models = openEmbeddedReadModels({ engine, ...(cachedCharacters === undefined ? {} : { cachedCharacters }) });
      return {
        models,
        async close() {
          await models.close();
          await engine.close();
        },
      };
    },
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Nothing is ever waiting to be written. */
function flushingPlaceIn(directory: string) {
  const place = placeIn(directory);
  return {
    ...place,
    async open() {
      const opened = await place.open();
      const { models } = opened;
      const write: typeof models.write = async (writes) => {
        await EmbeddedReadModels.prototype.write.call(models, writes);
        await models.flush();
      };
      return { ...opened, models: Object.assign(models, { write }) };
    },
  };
}

readModelsContract('the embedded engine', async () => placeIn(temporaryDirectory()));
readModelsContract('the embedded engine when nothing waits to be written', async () => flushingPlaceIn(temporaryDirectory()));
readModelsContract('the embedded engine with hardly any memory', async () => placeIn(temporaryDirectory(), 1));

describe('read models in the embedded engine', () => {
  const directories: string[] = [];
  afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true, force: true })));
  const inDirectory = () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    return directory;
  };
  const create = { projection: 'sample.books', version: 1, indexes: [{ fields: ['year'] }], state: 'live' } as const;

  it('are read by another process beside the one that writes', async () => {
    const directory = inDirectory();
    const { models, close } = await placeIn(directory).open();
    const old = await models.create(create);
    const beside = EmbeddedEngine.open({ directory, readOnly: true });
    const reader = openReadModelsBeside(beside);
    await models.write([{ generation: old.id, position: 1, documents: [{ id: 'emma', document: { year: 1 }, guards: {} }] }]);
    await models.flush();
    expect(await reader.get('sample.books', 'emma')).toEqual({ year: 1 });

    await models.write([{ generation: old.id, position: 2, documents: [{ id: 'emma', document: { year: 2 }, guards: {} }] }]);
    await models.flush();
    expect(await reader.find('sample.books', { orderBy: 'year', direction: 'ascending', limit: 1 })).toEqual([{ id: 'emma', document: { year: 2 } }]);

    const candidate = await models.create({ ...create, state: 'candidate' });
    await models.write([{ generation: candidate.id, position: 2, documents: [{ id: 'emma', document: { year: 3 }, guards: {} }] }]);
    await models.flush();
    await models.promote(candidate.id);
    await models.drop(old.id);
    expect(await reader.get('sample.books', 'emma')).toEqual({ year: 3 });
    expect(await reader.generations()).toEqual(await models.generations());
    expect(await reader.scan(candidate.id, { limit: 10 })).toEqual([{ id: 'emma', document: { year: 3 } }]);
    expect(await reader.count(candidate.id)).toBe(1);
    await expect(reader.get('sample.films', 'emma')).rejects.toThrow(TypeError);
    await beside.close();
    await close();
  });

  it('are as before when a write fails', async () => {
    const { models, close } = await placeIn(inDirectory()).open();
    const books = await models.create(create);
    await models.write([{ generation: books.id, position: 1, documents: [{ id: 'emma', document: { year: 1 }, guards: {} }] }]);
    const circular: Record<string, unknown> = { year: 2 };
    circular['self'] = circular;
    const failing = models.write([{
      generation: books.id, position: 2,
      documents: [{ id: 'emma', document: { year: 2 }, guards: {} }, { id: 'circular', document: circular, guards: {} }],
    }]);
    await expect(failing).rejects.toThrow(TypeError);
    expect(await models.get('sample.books', 'emma')).toEqual({ year: 1 });
    expect(await models.generations()).toMatchObject([{ position: 1 }]);
    await close();
  });

  it('are seen, and written later, when the group that they were to be written in cannot be committed', async () => {
    const directory = inDirectory();
    const engine = EmbeddedEngine.open({ directory });
    const models = openEmbeddedReadModels({ engine });
    const books = await models.create(create);
    await models.write([{ generation: books.id, position: 1, documents: [{ id: 'emma', document: { year: 1 }, guards: {} }] }]);
    await models.flush();
    engine.define('CREATE TABLE parents (id INTEGER PRIMARY KEY); CREATE TABLE children (parent INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED)');
    const orphan = engine.prepare('INSERT INTO children VALUES (1)');
    const beside = EmbeddedEngine.open({ directory, readOnly: true });
    const written = async () => await openReadModelsBeside(beside).get('sample.books', 'emma');

    await models.write([{ generation: books.id, position: 2, documents: [{ id: 'emma', document: { year: 2 }, guards: {} }, { id: 'other', document: { year: 2 }, guards: {} }] }]);
    const flushing = models.flush();
    const failing = engine.write(() => orphan.run());
    await expect(flushing).rejects.toThrow('FOREIGN KEY');
    await expect(failing).rejects.toThrow('FOREIGN KEY');
    expect(await written()).toEqual({ year: 1 });
    expect(await models.get('sample.books', 'emma')).toEqual({ year: 2 });
    expect(await models.generations()).toMatchObject([{ position: 2 }]);
    await models.write([{ generation: books.id, position: 3, documents: [{ id: 'emma', document: { year: 3 }, guards: {} }] }]);
    await models.flush();
    expect(await written()).toEqual({ year: 3 });
    expect(await models.find('sample.books', { orderBy: 'year', direction: 'ascending', limit: 9 })).toEqual([{ id: 'other', document: { year: 2 } }, { id: 'emma', document: { year: 3 } }]);
    await models.close();
    await beside.close();
    await engine.close();
  });

  it('are written by themselves after a moment, and when they are many', async () => {
    const directory = inDirectory();
    const { models, close } = await placeIn(directory).open();
    const books = await models.create(create);
    const beside = EmbeddedEngine.open({ directory, readOnly: true });
    const reader = openReadModelsBeside(beside);
    const writtenAre = async (count: number) => {
      while ((await reader.count(books.id)) !== count) await new Promise(setImmediate);
    };
    const some = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: `${from + i}`, document: { year: from + i }, guards: {} }));
    await models.write([{ generation: books.id, position: 1, documents: some(0, 3) }]);
    await writtenAre(3);
    for (let part = 0; part < 5; part++) await models.write([{ generation: books.id, position: 2 + part, documents: some(1_000 * (part + 1), 1_000) }]);
    await writtenAre(5_003);
    expect(await reader.generations()).toMatchObject([{ position: 6 }]);
    await beside.close();
    await close();
  });

  it('serve every query from an index', async () => {
    const directory = inDirectory();
    const { models, close } = await placeIn(directory).open();
    const books = await models.create({ ...create, indexes: [{ fields: ['year'] }, { fields: ['author', 'lent', 'year'] }] });
    await models.write([{ generation: books.id, position: 1, documents: [{ id: 'emma', document: { year: 1, author: 'a', lent: true }, guards: {} }] }]);
    const beside = EmbeddedEngine.open({ directory, readOnly: true });
    const plans: string[] = [];
    const prepare: EmbeddedEngine['prepare'] = (sql) => {
      if (sql.includes('ORDER BY') && sql.includes('LIMIT') && /^SELECT id, f\d AS value FROM/.test(sql)) {
        const parameters = Array.from({ length: sql.split('?').length - 1 }, () => 1);
        plans.push(beside.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters).map(({ detail }) => String(detail)).join('; '));
      }
      return beside.prepare(sql);
    };
    const reader = openReadModelsBeside({ define: () => undefined, prepare });
    for (const direction of ['ascending', 'descending'] as const)
      for (const after of [{}, { after: { value: 5, id: 'x' } }]) {
        await reader.find('sample.books', { orderBy: 'year', direction, limit: 3, ...after });
        await reader.find('sample.books', { where: { lent: true, author: 'a' }, orderBy: 'year', direction, limit: 3, ...after });
      }
    expect(plans).toHaveLength(8);
    for (const plan of plans) {
      expect(plan).toMatch(/USING COVERING INDEX documents_\d+_by_\d/);
      expect(plan).not.toMatch(/TEMP B-TREE/);
    }
    await beside.close();
    await close();
  });

  it('hold what a plain map holds, whatever is written and however much fits into memory', async () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const documents = fc.record({ year: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.string({ maxLength: 1 }), fc.boolean()), note: fc.string({ maxLength: 20 }) });
    const changes = fc.array(fc.tuple(ids, fc.option(documents, { nil: undefined })), { maxLength: 6 });
    const steps = fc.array(fc.record({ changes, unfinished: fc.boolean(), next: fc.constantFrom('go on', 'flush', 'reopen') }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(1, 700, 1_000_000), async (written, memory) => {
        const directory = temporaryDirectory();
        const place = placeIn(directory, memory);
        let opened = await place.open();
        try {
          const { id: generation } = await opened.models.create(create);
          const expected = new Map<string, unknown>();
          for (const [i, step] of written.entries()) {
            const latest = new Map(step.changes);
            const writes = [...latest].map(([id, document]) => ({ id, document, guards: { s: i } }));
            await opened.models.write([{ generation, position: i + 1, documents: writes, ...(step.unfinished ? { unfinished: true } : {}) }]);
            for (const [id, document] of latest) if (document === undefined) expected.delete(id);
              else expected.set(id, document);
            if (step.next === 'flush') await opened.models.flush();
            if (step.next === 'reopen') {
              await opened.close();
              opened = await place.open();
            }
            for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await opened.models.get('sample.books', id)).toEqual(expected.get(id));
            const found = await opened.models.find('sample.books', { orderBy: 'year', direction: 'ascending', limit: 100 });
            expect(new Map(found.map(({ id, document }) => [id, document]))).toEqual(expected);
            for (const direction of ['ascending', 'descending'] as const) {
              const ordered = direction === 'ascending' ? found : found.toReversed();
              const paged = [];
              for (let last = ordered[-1]; paged.length <= ordered.length; last = paged.at(-1)) {
                const after = last === undefined ? {} : { after: { value: last.document['year'] as string, id: last.id } };
                const page = await opened.models.find('sample.books', { orderBy: 'year', direction, limit: 2, ...after });
                paged.push(...page);
                if (page.length < 2) break;
              }
              expect(paged).toEqual(ordered);
            }
          }
          expect(new Map((await opened.models.scan(generation, { limit: 100 })).map(({ id, document }) => [id, document]))).toEqual(expected);
        } finally {
          await opened.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 40 },
    );
  });
});
