import fc from 'fast-check';
import { jsonFaults } from './json-faults';
import { isExact } from './json-text';
import { readJson } from './read-json';

const read = (text: string | Uint8Array) => readJson(Buffer.from(text as string));
const faults = (text: string | Uint8Array): readonly string[] => {
  const answer = read(text);
  return 'faults' in answer ? answer.faults.map(({ pointer, code }) => `${pointer} ${code}`) : [];
};
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('reading JSON', () => {
  it.each([
    ['{"productId":"tea","quantity":1}', { productId: 'tea', quantity: 1 }],
    [' [ 1 , -2.5 , 1e3 , "\\u00e9" , true , null ] ', [1, -2.5, 1000, 'é', true, null]],
    ['"a:b{[\\"]}:"', 'a:b{[\"]}:'],
    ['{"a":{"b":[{"c":"\\\\"}]}}', { a: { b: [{ c: '\\' }] } }],
    ['9007199254740991', 9007199254740991],
    ['0.30000000000000004', 0.30000000000000004],
    ['"\\ud83c\\udf75"', '🍵'],
    [nested(32), JSON.parse(nested(32)) as unknown],
  ])('takes %s', (text, value) => expect(read(text)).toEqual({ value }));

  it.each([
    ['', ' syntax'],
    ['{', ' syntax'],
    ['{"a":tru}', '/a syntax'],
    ['{"a":1,}', ' syntax'],
    ['[1,]', '/1 syntax'],
    ["{'a':1}", ' syntax'],
    ['{"a":01}', '/a syntax'],
    ['{"a":.5}', '/a syntax'],
    ['{"a":NaN}', '/a syntax'],
    ['{"a":1} x', ' syntax'],
    ['{"a":1}{"b":2}', ' syntax'],
    ['{"a" 1}', '/a syntax'],
    ['/* comment */ {}', ' syntax'],
    ['\ufeff{}', ' syntax'],
    ['"tab\there"', ' syntax'],
    ['"\\x41"', ' syntax'],
    ['"open', ' syntax'],
    ['{"quantity":1,"quantity":2}', '/quantity duplicate_key'],
    ['{"a":[{"b":1,"\\u0062":2}]}', '/a/0/b duplicate_key'],
    ['{"__proto__":{"isAdmin":true}}', '/__proto__ forbidden_key'],
    ['{"a":{"\\u005f_proto__":1}}', '/a/__proto__ forbidden_key'],
    ['{"constructor":{"prototype":{}}}', '/constructor forbidden_key'],
    ['{"a/b~c":{"prototype":1}}', '/a~1b~0c/prototype forbidden_key'],
    ['{"name":"a\\u0000b"}', '/name not_text'],
    ['{"name":"\\ud800"}', '/name not_text'],
    ['{"name":["x","\\udf75\\ud83c"]}', '/name/1 not_text'],
    ['{"n":1e400}', '/n inexact_number'],
    ['{"n":-1e400}', '/n inexact_number'],
    ['{"n":1e-400}', '/n inexact_number'],
    ['{"n":9007199254740993}', '/n inexact_number'],
    ['{"n":1.00000000000000000001}', '/n inexact_number'],
    [`{"n":${'9'.repeat(50_000)}}`, '/n inexact_number'],
    [nested(33), '/0'.repeat(32) + ' too_deep'],
    ['{"a":'.repeat(15_000), '/a'.repeat(32) + ' too_deep'],
  ])('refuses %.40s', (text, first) => expect(faults(text)[0]).toBe(first));

  it('names every fault', () =>
    expect(faults('{"a":1e999,"b":{"c":"\\u0000","c":"\\udc00"}}')).toEqual(['/a inexact_number', '/b/c not_text', '/b/c duplicate_key', '/b/c not_text']));

  it('names at most twenty', () => expect(faults(`[${Array(500).fill('1e999').join()}]`)).toHaveLength(20));

  it.each([
    ['overlong', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a lone continuation', [0x22, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('refuses bytes that are not UTF-8: %s', (_, bytes) => expect(faults(new Uint8Array(bytes))).toEqual([' not_utf8']));

  it('reads whatever JSON.stringify writes', () =>
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|constructor|prototype|\\u/.test(text));
        expect(read(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
    ));

  /** JSON-like text, most of it a little broken. */
  const almostJson = fc
    .array(
      fc.oneof(
        fc.constantFrom('{', '}', '[', ']', ':', ',', ' ', '"a"', '"b"', '"\\u0061"', '"\\ud800"', '"\\u0000"', '"__proto__"', '"\\\\"', '"x\\"y"'),
        fc.constantFrom('1', '-0', '0.5', '1e5', '1e400', '9007199254740993', '123456789012345678', 'true', 'null', 'tru', '\u00e9', '"', '\\', 'e', '-', '.'),
        fc.constantFrom('{"a":1,"a":2}', '{"a":', '[[', ']]', '{"k":{"k":{}}}', '{"constructor":1}'),
      ),
      { maxLength: 14 },
    )
    .map((parts) => parts.join(''));

  it('takes exactly what the slow reader and JSON.parse both take', () =>
    fc.assert(
      fc.property(fc.oneof(almostJson, fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 20 })), (text) => {
        const parsed = (() => {
          try {
            return { value: JSON.parse(text) as unknown };
          } catch {
            return undefined;
          }
        })();
        fc.pre(text.isWellFormed());
        const answer = read(text);
        if (parsed === undefined || jsonFaults(text).length > 0) expect('faults' in answer && answer.faults.length).toBeGreaterThan(0);
        else expect(answer).toEqual(parsed);
      }),
      { numRuns: 20_000 },
    ));

  it('finds no fault of syntax where JSON.parse finds none', () =>
    fc.assert(
      fc.property(almostJson, (text) => {
        const isJson = (() => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        if (isJson) expect(jsonFaults(text).filter(({ code }) => code === 'syntax')).toEqual([]);
      }),
      { numRuns: 20_000 },
    ));

  it('never throws, whatever the bytes', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readJson(Buffer.from(bytes))), { numRuns: 5000 }));
});

describe('a number is exact', () => {
  it('when a double keeps it', () =>
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => isExact(JSON.stringify(value)))));

  it.each(['1.0', '1.50', '100e-2', '0.001e3', '-0', '0e99', '1e21', '1E+2'])('however it is written: %s', (literal) => expect(isExact(literal)).toBe(true));

  it('when it is a short decimal', () =>
    fc.assert(fc.property(fc.stringMatching(/^-?(0|[1-9]\d{0,6})(\.\d{1,6})?$/), (literal) => isExact(literal))));
});
