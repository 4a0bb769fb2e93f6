import fc from 'fast-check';
import { folded, SearchIndex, type SearchEntry, wordsOf } from './search-index';

const entry = (productId: string, name: string, second: number, onSale = true): SearchEntry => ({
  productId,
  createdAt: `2026-03-01T12:00:${String(second).padStart(2, '0')}.000Z`,
  onSale,
  text: folded(`${name} ${productId}`),
});

const all = { onSaleOnly: true, limit: 10 };

function indexOf(...entries: readonly SearchEntry[]): SearchIndex {
  const index = new SearchIndex();
  for (const each of entries) index.put(each);
  return index;
}

describe('searching the catalogue', () => {
  const index = indexOf(entry('T-1', 'Green tea', 1), entry('T-2', 'Grüner TEE', 2), entry('P-1', 'Teapot, green', 3), entry('M-1', 'Mug', 4, false));
  const find = (query: string, options = all) => index.find(wordsOf(query), options);

  it('finds words anywhere in name and id, newest first', () => {
    expect(find('tea')).toEqual(['P-1', 'T-1']);
    expect(find('t-')).toEqual(['T-2', 'T-1']);
    expect(find('pot')).toEqual(['P-1']);
  });

  it('wants all the words, in any order', () => expect(find('green pot')).toEqual(['P-1']));

  it('knows no case, accent or width', () => {
    expect(find('GRUNER')).toEqual(['T-2']);
    expect(find('ｔｅｅ')).toEqual(['T-2']);
  });

  it('shows what is withdrawn to those who may see it', () => {
    expect(find('mug')).toEqual([]);
    expect(find('mug', { ...all, onSaleOnly: false })).toEqual(['M-1']);
  });

  it('goes on behind a place, also when the product there is gone from the results', () => {
    const after = { createdAt: '2026-03-01T12:00:03.000Z', productId: 'P-1' };
    expect(index.find(['t'], { ...all, limit: 1, after })).toEqual(['T-2']);
    expect(index.find(['t'], { ...all, after: { ...after, productId: 'P-0' } })).toEqual(['T-2', 'T-1']);
  });

  it('follows changes', () => {
    const changing = indexOf(entry('T-1', 'Green tea', 1), entry('T-2', 'Black tea', 2));
    changing.put(entry('T-1', 'White tea', 1));
    expect(changing.find(['green'], all)).toEqual([]);
    expect(changing.find(['tea'], all)).toEqual(['T-2', 'T-1']);
  });

  it('pages through everything once, however it arrived', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat({ max: 59 }), fc.stringMatching(/^[a-z]{1,3}$/)), { selector: ([, id]) => id }), fc.integer({ min: 1, max: 5 }), (products, limit) => {
        const entries = products.map(([second, id]) => entry(id, 'Tea', second));
        const arriving = indexOf(...entries);
        const byId = new Map(entries.map((each) => [each.productId, each]));
        const seen: string[] = [];
        for (let after: SearchEntry | undefined; ; ) {
          const page = arriving.find(['tea'], { onSaleOnly: true, limit, ...(after === undefined ? {} : { after }) });
          seen.push(...page);
          if (page.length < limit) break;
          after = byId.get(page.at(-1) ?? '');
        }
        const newestFirst = [...entries].sort((a, b) => (`${b.createdAt} ${b.productId}` < `${a.createdAt} ${a.productId}` ? -1 : 1));
        expect(seen).toEqual(newestFirst.map(({ productId }) => productId));
      }),
    ));
});
