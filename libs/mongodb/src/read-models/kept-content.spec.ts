import { deserialize, serialize } from 'bson';
import fc from 'fast-check';
import { contentOf, guardsOf, toContent, toKeptGuards } from './kept-content';

describe('a document as it is kept', () => {
  it('is the document itself, and JSON only for names that mean something to the server', () => {
    expect(toContent({ title: 'Emma', tags: [{ of: 'manners' }], none: null })).toEqual({ document: { title: 'Emma', tags: [{ of: 'manners' }], none: null } });
    for (const odd of ['$set', 'a.b', 'a\0', '_bsontype', '__proto__'])
      for (const document of [{ [odd]: 1 }, { deep: [{ deeper: { [odd]: 1 } }] }]) expect(toContent(document)).toEqual({ json: JSON.stringify(document) });
    expect(toContent({ table: [[1]] })).toEqual({ json: '{"table":[[1]]}' });
  });

  it('comes back as it was, whatever it is', () => {
    const documents = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(documents, (generated) => {
        const document = JSON.parse(JSON.stringify(generated)) as Record<string, unknown>;
        expect(contentOf(deserialize(serialize(toContent(document), { ignoreUndefined: true })))).toEqual(document);
      }),
    );
  });

  it('has guards for streams of any name', () => {
    const guards = JSON.parse('{"order-1": 3, "a.b": 0, "$x": 1, "__proto__": 2}') as Record<string, number>;
    expect(guardsOf(toKeptGuards(guards))).toEqual(guards);
  });
});
