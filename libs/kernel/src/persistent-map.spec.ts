import fc from 'fast-check';
import { PersistentMap } from './persistent-map';

/** Few keys, some of which share a 32 bit FNV-1a hash ("costarring" and "liquid"). */
const key = fc.oneof(fc.constantFrom('costarring', 'liquid', 'declinate', 'macallums'), fc.integer({ min: 0, max: 200 }).map(String));
const change = fc.oneof(fc.record({ set: key, to: fc.integer() }), fc.record({ delete: key }));

describe('a persistent map', () => {
  it('does what a map does, and leaves the one before as it was', () =>
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        let map = PersistentMap.empty<number>();
        const model = new Map<string, number>();
        for (const next of changes) {
          const before = map;
          const entriesBefore = [...before].toSorted();
          if ('set' in next) {
            map = map.set(next.set, next.to);
            model.set(next.set, next.to);
          } else {
            map = map.delete(next.delete);
            model.delete(next.delete);
          }
          expect([...before].toSorted()).toEqual(entriesBefore);
        }
        expect(map.size).toBe(model.size);
        expect([...map].toSorted()).toEqual([...model].toSorted());
        for (const [name, value] of model) expect(map.get(name)).toBe(value);
      }),
      { numRuns: 50 },
    ));
});
