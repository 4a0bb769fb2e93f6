import { isScalar } from '../query-index';
import type { Scalar } from '../port';

export type ColumnValue = string | number | Uint8Array | null;

const NO = Uint8Array.of(0);
const YES = Uint8Array.of(1);

/** SQLite knows no booleans: as bytes they are equal to no number, and come behind numbers and strings. */
export const columnOfScalar = (value: Scalar): string | number | Uint8Array => (typeof value === 'boolean' ? (value ? YES : NO) : value);

/** What is not a scalar is in no index. */
export const columnOf = (value: unknown): ColumnValue => (isScalar(value) ? columnOfScalar(value) : null);
