import { type DomainError } from '@tillroll/kernel';
import fc from 'fast-check';
import { pageAnswer, readCursor, readPage, writeCursor } from './page';

const refused = (query: object): readonly string[] => {
  try {
    readPage({ query });
    return [];
  } catch (error) {
    return ((error as DomainError).data['errors'] as readonly { parameter: string }[]).map(({ parameter }) => parameter);
  }
};

describe('a page', () => {
  it('has 20 rows unless asked for more or fewer', () => {
    expect(readPage({ query: {} })).toEqual({ limit: 20 });
    expect(readPage({ query: { limit: '1' } })).toEqual({ limit: 1 });
    expect(readPage({ query: { limit: '100', cursor: writeCursor('2026', 'a') } })).toEqual({ limit: 100, after: { value: '2026', id: 'a' } });
  });

  it.each([['0'], ['101'], ['-1'], ['1.5'], ['x'], [''], ['1e2'], [['1', '2']]])('has no limit of %j', (limit) => expect(refused({ limit })).toEqual(['limit']));

  it.each([[''], ['x'], ['%%%'], ['W10'], [writeCursor('a', 'b').slice(0, -1)], [`${writeCursor('a', 'b')}A`], ['a'.repeat(2000)], [['a', 'b']]])(
    'does not begin at the broken cursor %.30j',
    (cursor) => expect(refused({ cursor })).toEqual(['cursor']),
  );

  it('does not begin at a cursor of another collection', () => {
    const cursor = writeCursor('2026', 'a', '/v1/orders');
    expect(readCursor(cursor, '/v1/orders')).toEqual({ value: '2026', id: 'a' });
    expect(readCursor(cursor, '/v1/products')).toBeUndefined();
    expect(refused({ cursor })).toEqual(['cursor']);
  });

  it('names every faulty parameter', () => expect(refused({ limit: '0', cursor: '!' })).toEqual(['limit', 'cursor']));

  it('goes on where the one before ended', () => {
    const rows = [1, 2, 3].map((n) => ({ id: `id${n}`, document: { at: n, name: `n${n}` } }));
    const first = pageAnswer({ limit: 2 }, rows, 'at', ({ name }) => name);
    expect(first.data).toEqual(['n1', 'n2']);
    expect(readPage({ query: { cursor: first.page.next } }).after).toEqual({ value: 2, id: 'id2' });
    expect(pageAnswer({ limit: 3 }, rows, 'at')).toEqual({ data: rows.map(({ document }) => document), page: { next: null } });
    expect(pageAnswer({ limit: 3 }, [], 'at')).toEqual({ data: [], page: { next: null } });
  });

  it('takes back every cursor that it gave', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), fc.uuid(), (value, id) => {
        fc.pre(typeof value !== 'string' || !value.includes('\u0000'));
        fc.pre(!Object.is(value, -0));
        expect(readCursor(writeCursor(value, id))).toEqual({ value, id });
      }),
    ));
});
