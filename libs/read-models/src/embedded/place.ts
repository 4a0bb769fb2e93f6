import type { ColumnValue } from './column-value';

/** Where a document stands in the order of a query: by a column's value, equal ones by their ids. */
export interface Place {
  readonly id: string;
  readonly value: Exclude<ColumnValue, null>;
}

/** The engine's own order: numbers, then texts by the bytes of UTF-8, then bytes. */
export function comparePlaces(a: Place, b: Place): number {
  return compareValues(a.value, b.value) || compareTexts(a.id, b.id);
}

function compareValues(a: Place['value'], b: Place['value']): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof a === 'string') return typeof b === 'string' ? compareTexts(a, b) : typeof b === 'number' ? 1 : -1;
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : 1;
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));
