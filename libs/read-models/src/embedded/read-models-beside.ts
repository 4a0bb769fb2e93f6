import type { EmbeddedEngine } from '@tillroll/event-store';
import type { ReadModels } from '../port';
import type { Generation, ReadModelInspection } from '../projection-store';
import { type DocumentTable, documentTable } from './document-table';
import { generationsTable } from './generations-table';

/**
 * The read models for a process beside the one that writes (engine opened `readOnly`): nothing is cached, and each call
 * sees what is live at that moment.
 */
export function openReadModelsBeside(engine: Pick<EmbeddedEngine, 'define' | 'prepare'>): ReadModels & ReadModelInspection {
  const list = generationsTable(engine);
  const tables = new Map<number, DocumentTable>();

  function tableOf(generation: Generation): DocumentTable {
    let table = tables.get(generation.id);
    if (table === undefined) tables.set(generation.id, (table = documentTable(engine, generation)));
    return table;
  }

  function liveTableOf(projection: string): DocumentTable {
    const live = list.live(projection);
    if (live === undefined) throw new TypeError(`no projection ${projection} is live`);
    return tableOf(live);
  }

  function tableWith(id: number): DocumentTable {
    const generation = list.get(id);
    if (generation === undefined) throw new TypeError(`there is no generation ${id}`);
    return tableOf(generation);
  }

  return {
    get: async (projection, id) => liveTableOf(projection).row(id)?.document as never,
    async find(projection, query) {
      const table = liveTableOf(projection);
      return table.find(query).flatMap(({ id }) => {
        const document = table.row(id)?.document;
        return document === undefined ? [] : [{ id, document: document as never }];
      });
    },
    generations: async () => list.all(),
    scan: async (generation, { after = '', limit }) => tableWith(generation).scan(after, limit),
    count: async (generation) => tableWith(generation).count(),
  };
}
