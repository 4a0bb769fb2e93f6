import { isDeepStrictEqual } from 'node:util';
import type { ProjectionStore, ScannedDocument, StoredDocument } from '@tillroll/read-models';

/** How two generations of a projection differ. */
export interface Comparison {
  readonly live: ComparedGeneration;
  readonly candidate: ComparedGeneration;
  readonly equal: boolean;
  /** Documents that are in one of them only, or not the same in both. */
  readonly differences: number;
  /** The ids of the first hundred of them. */
  readonly differing: readonly string[];
}

export interface ComparedGeneration {
  readonly generation: number;
  readonly version: number;
  readonly position: number;
  readonly documents: number;
}

const asStored = (stored: StoredDocument | undefined): unknown => (stored?.document === undefined ? undefined : JSON.parse(JSON.stringify(stored.document)));

const PAGE = 500;

/** The ids of documents that differ; while the generations are written, of some that only seemed to. */
export async function* differingDocuments(store: ProjectionStore, one: number, other: number): AsyncIterable<string> {
  const [left, right] = [scanned(store, one), scanned(store, other)];
  let [a, b] = [await left.next(), await right.next()];
  while (a !== undefined || b !== undefined) {
    if (b === undefined || (a !== undefined && comesBefore(a.id, b.id))) {
      if (a !== undefined) yield a.id;
      a = await left.next();
    } else if (a === undefined || comesBefore(b.id, a.id)) {
      yield b.id;
      b = await right.next();
    } else {
      if (!isDeepStrictEqual(a.document, b.document)) yield a.id;
      [a, b] = [await left.next(), await right.next()];
    }
  }
}

/** Those of the ids whose documents differ, both read at one moment when nothing is written meanwhile. */
export async function stillDiffering(store: ProjectionStore, one: number, other: number, ids: ReadonlySet<string>): Promise<readonly string[]> {
  const [left, right] = [await store.load(one, ids), await store.load(other, ids)];
  return [...ids].filter((id) => !isDeepStrictEqual(asStored(left.get(id)), asStored(right.get(id))));
}

function scanned(store: ProjectionStore, generation: number) {
  let page: readonly ScannedDocument[] = [];
  let at = 0;
  let ended = false;
  return {
    async next(): Promise<ScannedDocument | undefined> {
      if (at === page.length && !ended) {
        const after = page.at(-1)?.id;
        page = await store.scan(generation, { limit: PAGE, ...(after === undefined ? {} : { after }) });
        at = 0;
        ended = page.length === 0;
      }
      return page[at++];
    },
  };
}

/** The order of a scan: by the bytes of UTF-8. */
const comesBefore = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
