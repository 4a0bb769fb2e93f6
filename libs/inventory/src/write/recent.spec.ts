import { decodeRecent, encodeRecent, nothingRecent, type Recent, type RecentJson, recall, remember } from './recent';

const rememberAll = (keys: readonly string[], options: (index: number) => Parameters<typeof remember>[3]): Recent<string> =>
  keys.reduce((recent, key, index) => remember(recent, key, `about ${key}`, options(index)), nothingRecent<string>());

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `key-${index}`);
const sizeOf = (recent: Recent<string>): number => recent.current.entries.size + recent.previous.entries.size;

describe('recent things', () => {
  it('are remembered until their time', () => {
    const recent = rememberAll(names(100), (index) => ({ now: index, until: index + 10 }));
    for (let index = 89; index < 100; index++) expect(recall(recent, `key-${index}`)).toBe(`about key-${index}`);
  });

  it('are forgotten some time later, when others come', () => {
    const recent = rememberAll(names(1000), (index) => ({ now: index, until: index + 10 }));
    expect(recall(recent, 'key-0')).toBeUndefined();
    expect(sizeOf(recent)).toBeLessThanOrEqual(33);
  });

  it('stay when time does not pass', () => expect(sizeOf(rememberAll(names(1000), () => ({ now: 0, until: 10 })))).toBe(1000));

  it('are at least so many as there is room for, and at most twice as many', () => {
    const recent = rememberAll(names(1000), () => ({ now: 0, until: 10, capacity: 16 }));
    expect(sizeOf(recent)).toBeLessThanOrEqual(32);
    for (let index = 984; index < 1000; index++) expect(recall(recent, `key-${index}`)).toBe(`about key-${index}`);
  });

  it('survive as JSON', () => {
    const recent = rememberAll(names(50), (index) => ({ now: index, until: index + 10 }));
    const copy = decodeRecent(JSON.parse(JSON.stringify(encodeRecent(recent))) as RecentJson<string>);
    for (const key of names(50)) expect(recall(copy, key)).toBe(recall(recent, key));
    expect(encodeRecent(copy)).toEqual(encodeRecent(recent));
  });
});
