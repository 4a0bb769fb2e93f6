import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { isUuid, uuid5, uuid7 } from './uuid';

/** RFC 9562 §5.5, step by step. */
function reference(name: string): string {
  const digest = createHash('sha1').update(Buffer.from('6f1c1d0a5d0b4c1e9d5a7c1e5b9a2f43', 'hex')).update(name).digest().subarray(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

describe('derived ids (version 5)', () => {
  it('follow the RFC, for names of any length and script', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (name) => expect(uuid5(name)).toBe(reference(name)))));

  it('stay what they are: stored ids depend on them', () => expect(uuid5('cart', 'ada', 0)).toBe(reference('cart\u001fada\u001f0')));

  it('tell parts from one another', () => expect(uuid5('a', 'bc')).not.toBe(uuid5('ab', 'c')));
});

describe('new ids (version 7)', () => {
  it('rise, also within a millisecond and when the clock jumps back', () => {
    const now = Date.UTC(2030, 0, 1);
    const ids = Array.from({ length: 10_000 }, (_, index) => uuid7(now - (index % 3) * 3_600_000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isUuid)).toBe(true);
  });
});
