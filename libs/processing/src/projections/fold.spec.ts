import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, DocumentWrite, StoredDocument } from '@tillroll/read-models';
import { fold } from './fold';
import type { Step } from './plan';

type Count = { readonly count: number };

const event = (subject: string, sequence: number, position: number): BusEvent => ({
  id: `${subject}-${sequence}`, type: 'tillroll.sample.happened.v1', context: 'sample', visibility: 'internal', subject, sequence, position,
  time: '2030-01-01T12:00:00.000Z', correlationId: 'c', causationId: 'c', actor: 'system:test', data: {},
});
const step = (from: BusEvent, ...changes: readonly DocumentChange<Count>[]): Step => ({ position: from.position, type: from.type, outcome: { event: from, changes } });
const counting = (id: string): DocumentChange<Count> => ({ id, change: (before) => ({ count: (before?.count ?? 0) + 1 }) });
const removing = (id: string): DocumentChange<Count> => ({ id, change: () => undefined });
const failing = (id: string): DocumentChange<Count> => ({
  id,
  change: () => {
    throw new RangeError('no more');
  },
});
const stored = (documents: readonly DocumentWrite[]): ReadonlyMap<string, StoredDocument> => new Map(documents.map(({ id, ...document }) => [id, document]));

describe('folding events into documents', () => {
  it('writes each changed document once, with the last event of each stream', () => {
    const steps = [step(event('a', 0, 1), counting('x')), step(event('b', 4, 2), counting('x'), counting('y')), step(event('a', 1, 3), counting('x'))];
    expect(fold(steps, new Map())).toEqual({
      documents: [{ id: 'x', document: { count: 3 }, guards: { a: 1, b: 4 } }, { id: 'y', document: { count: 1 }, guards: { b: 4 } }],
    });
  });

  it('changes nothing for events that are in already', () => {
    const steps = [step(event('a', 0, 1), counting('x')), step(event('a', 1, 2), counting('x'))];
    const { documents } = fold(steps, new Map());
    expect(fold(steps, stored(documents))).toEqual({ documents: [] });
    expect(fold([...steps, step(event('a', 2, 3), counting('x'))], stored(documents))).toEqual({ documents: [{ id: 'x', document: { count: 3 }, guards: { a: 2 } }] });
  });

  it('changes nothing for an event that comes after a later one of its stream', () => {
    expect(fold([step(event('a', 1, 2), counting('x')), step(event('a', 0, 1), counting('x'))], new Map()).documents).toEqual([
      { id: 'x', document: { count: 1 }, guards: { a: 1 } },
    ]);
  });

  it('applies all changes of one event to one document, one after another', () => {
    const twice = [step(event('a', 0, 1), counting('x'), counting('x'))];
    const { documents } = fold(twice, new Map());
    expect(documents).toEqual([{ id: 'x', document: { count: 2 }, guards: { a: 0 } }]);
    expect(fold(twice, stored(documents))).toEqual({ documents: [] });
  });

  it('remembers what has removed a document, so that older events do not bring it back', () => {
    const created = [step(event('a', 0, 1), counting('x'))];
    const removed = [step(event('a', 1, 2), removing('x'))];
    const first = fold(created, new Map()).documents;
    const second = fold(removed, stored(first)).documents;
    expect(second).toEqual([{ id: 'x', document: undefined, guards: { a: 1 } }]);
    expect(fold([...created, ...removed], stored(second))).toEqual({ documents: [] });
  });

  it('writes nothing for a document that comes and goes, or stays the same', () => {
    expect(fold([step(event('a', 0, 1), counting('x')), step(event('a', 1, 2), removing('x'))], new Map())).toEqual({ documents: [] });
    const same: DocumentChange<Count> = { id: 'x', change: (before) => before };
    expect(fold([step(event('b', 0, 3), same)], stored([{ id: 'x', document: { count: 1 }, guards: {} }]))).toEqual({ documents: [] });
  });

  it('ends before an event that fails, with none of its changes', () => {
    const steps = [step(event('a', 0, 1), counting('x')), step(event('a', 1, 2), counting('x'), failing('y')), step(event('a', 2, 3), counting('x'))];
    expect(fold(steps, new Map())).toEqual({
      documents: [{ id: 'x', document: { count: 1 }, guards: { a: 0 } }],
      failure: { position: 2, eventType: 'tillroll.sample.happened.v1', error: 'RangeError: no more' },
    });
  });

  it('keeps the guards of a document short, however many streams feed it', () => {
    let documents: readonly DocumentWrite[] = [];
    for (let stream = 0; stream < 100; stream++) documents = fold([step(event(`s${stream}`, 0, stream), counting('x'))], stored(documents)).documents;
    expect(documents[0]?.document).toEqual({ count: 100 });
    expect(Object.keys(documents[0]?.guards ?? {})).toHaveLength(17);
    expect(documents[0]?.guards['s99']).toBe(0);
  });
});
