import { DomainError } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NEVER, expectedRevision, setEtag } from './entity-tags';

function tag(id: string, revision: number): string {
  let etag = '';
  setEtag({ header: (_: string, value: string) => (etag = value) } as unknown as FastifyReply, id, revision);
  return etag;
}

const expected = (ifMatch: string | undefined, id = 'cart-1') => expectedRevision({ headers: { 'if-match': ifMatch } } as unknown as FastifyRequest, id);

describe('an entity tag', () => {
  it('stands for one revision of one resource', () => {
    expect(new Set([tag('cart-1', 0), tag('cart-1', 1), tag('cart-2', 0), tag('cart-2', 1)]).size).toBe(4);
    expect(tag('cart-1', 1)).toBe(tag('cart-1', 1));
    expect(tag('cart-1', -1)).toMatch(/^"[\w.-]+"$/);
  });

  it('is understood in If-Match', () => {
    for (const revision of [-1, 0, 7, 123456]) expect(expected(tag('cart-1', revision))).toBe(revision);
    expect(expected(undefined)).toBeUndefined();
    expect(expected('*')).toBeUndefined();
  });

  it('may stand in a list', () => expect(expected(`"other" , ${tag('cart-1', 3)},${tag('cart-2', 9)}`)).toBe(3));

  it('may stand beside nothing, and beside tags that have commas in them', () => {
    expect(expected(`, ,${tag('cart-1', 3)},`)).toBe(3);
    expect(expected(`"a,b", ${tag('cart-1', 3)}`)).toBe(3);
    expect(expected(`"x,${tag('cart-1', 3).slice(1)}`)).toBe(NEVER);
  });

  it('never matches when it is weak or of something else', () => {
    expect(expected(tag('cart-2', 3))).toBe(NEVER);
    expect(expected(`W/${tag('cart-1', 3)}`)).toBe(NEVER);
    expect(expected('"x"')).toBe(NEVER);
  });

  it.each(['', ',', 'x', '*, "a"', '"a",b', '"open', '"a" "b"', '3', Array(101).fill('"a"').join()])('that is malformed is a fault of the request: %.20s', (ifMatch) =>
    expect(() => expected(ifMatch)).toThrow(DomainError),
  );
});
