import type { BusEvent } from '@tillroll/event-bus';
import type { EpochMs } from '@tillroll/kernel';
import type { DocumentChange, Projection } from '@tillroll/read-models';
import type { DeadlineChange, Deadlines } from '../deadlines';

/** A deadline that is set and not cleared yet. */
export type DeadlineDocument = {
  readonly key: string;
  readonly at: EpochMs;
  readonly data: Readonly<Record<string, unknown>>;
};

export const deadlineProjectionName = (kind: string): string => `deadlines.${kind}`;

/** The deadlines of one kind as documents, the earliest found first by `at`. */
export function deadlineProjection({ kind, version = 1, on }: Pick<Deadlines, 'kind' | 'version' | 'on'>): Projection<DeadlineDocument> {
  const changesOn = (changesOf: (event: BusEvent) => readonly DeadlineChange[]) => (event: BusEvent) => changesOf(event).map(asDocumentChange);
  return {
    name: deadlineProjectionName(kind),
    version,
    indexes: [{ fields: ['at'] }],
    on: Object.fromEntries(Object.entries(on).map(([type, changesOf]) => [type, changesOn(changesOf)])),
  };
}

function asDocumentChange({ key, at, data = {} }: DeadlineChange): DocumentChange<DeadlineDocument> {
  if (at === undefined) return { id: key, change: () => undefined };
  if (!Number.isFinite(at)) throw new TypeError(`the deadline ${key} is at no time: ${at}`);
  return { id: key, change: () => ({ key, at, data }) };
}
