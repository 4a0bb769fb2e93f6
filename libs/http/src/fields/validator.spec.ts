import { validateSync } from 'class-validator';
import { IsEmail } from 'class-validator';
import fc from 'fast-check';
import { EmailAddress, Flag, HttpUrl, ListOf, Nested, OneOf, Optional, Pattern, ProductId, Text, Timestamp, UuidText, WholeNumber } from './fields';
import { jsonSchemaOf } from './json-schema-of';
import { IsMoney, MoneyDto } from './money-dto';
import { compileQueryReader } from './query-reader';
import { compileValidator } from './validator';

class LineDto {
  @ProductId()
  readonly productId: string = '';

  @WholeNumber({ min: 1, max: 999 })
  readonly quantity: number = 0;
}

class PurchaseLimitDto {
  @WholeNumber({ min: 1 })
  readonly quantity: number = 0;

  @Optional()
  @WholeNumber({ min: 1, max: 366 })
  readonly days?: number;
}

class EverythingDto {
  @Text({ max: 5 })
  readonly name: string = '';

  @Optional()
  @Text({ min: 0, max: 3 })
  readonly note?: string;

  @WholeNumber({ min: -5, max: 5 })
  readonly delta: number = 0;

  @OneOf(['red', 'green'])
  readonly color: string = '';

  @Flag()
  readonly onSale: boolean = false;

  @IsMoney()
  readonly price: MoneyDto = new MoneyDto();

  @Optional()
  @Nested(() => PurchaseLimitDto)
  readonly limit?: PurchaseLimitDto;

  @ListOf(() => LineDto, { min: 1, max: 2 })
  readonly lines: readonly LineDto[] = [];

  @Optional()
  @ListOf(() => String, { max: 2 })
  readonly words?: readonly string[];

  @Optional()
  @Pattern(/^[A-Z]{2}$/)
  readonly country?: string;
}

const good = {
  name: 'Ann',
  delta: -5,
  color: 'red',
  onSale: true,
  price: { amount: 1, currency: 'EUR' },
  lines: [{ productId: 'tea', quantity: 1 }],
};

const validate = compileValidator(EverythingDto);
const faults = (value: unknown): readonly string[] => (validate(value) ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort();

describe('a compiled validator', () => {
  it('takes what the class allows', () => {
    expect(validate(good)).toBeUndefined();
    expect(validate({ ...good, note: '', limit: { quantity: 1, days: 1 }, words: ['a', 'b'], country: 'DE' })).toBeUndefined();
  });

  it.each([
    ['nothing', undefined, [' wrong_type']],
    ['null', null, [' wrong_type']],
    ['a list', [good], [' wrong_type']],
    ['a text', 'x', [' wrong_type']],
    ['an unknown field', { ...good, extra: 1 }, ['/extra unknown_field']],
    ['an unknown field that needs escaping', { ...good, 'a/b~': 1 }, ['/a~1b~0 unknown_field']],
    ['an unknown field inside', { ...good, price: { amount: 1, currency: 'EUR', tax: 1 } }, ['/price/tax unknown_field']],
    ['a number as text', { ...good, delta: '1' }, ['/delta wrong_type']],
    ['a fraction', { ...good, delta: 0.5 }, ['/delta wrong_type']],
    ['a number as a list', { ...good, delta: [1] }, ['/delta wrong_type']],
    ['null in a field', { ...good, note: null }, ['/note wrong_type']],
    ['too small', { ...good, delta: -6 }, ['/delta too_small']],
    ['too large', { ...good, delta: 6 }, ['/delta too_large']],
    ['empty', { ...good, name: '' }, ['/name too_short']],
    ['too long', { ...good, name: 'abcdef' }, ['/name too_long']],
    ['another word', { ...good, color: 'blue' }, ['/color not_allowed']],
    ['a word for a flag', { ...good, onSale: 'true' }, ['/onSale wrong_type']],
    ['no currency', { ...good, price: { amount: 1, currency: 'XXX' } }, ['/price/currency malformed']],
    ['beyond 2^53-1', { ...good, price: { amount: 2 ** 53, currency: 'EUR' } }, ['/price/amount too_large']],
    ['less than nothing', { ...good, price: { amount: -1, currency: 'EUR' } }, ['/price/amount too_small']],
    ['too few', { ...good, lines: [] }, ['/lines too_few']],
    ['an object for a list', { ...good, lines: { 0: good.lines[0] } }, ['/lines wrong_type']],
    ['inside a list', { ...good, lines: [{ productId: '../x', quantity: 0 }] }, ['/lines/0/productId malformed', '/lines/0/quantity too_small']],
    ['a list inside a list', { ...good, lines: [[]] }, ['/lines/0 wrong_type']],
    ['not the pattern', { ...good, country: 'de' }, ['/country malformed']],
    ['several', { name: 1, delta: 0, color: 'red', lines: 1 }, ['/lines wrong_type', '/name wrong_type', '/onSale required', '/price required']],
  ])('refuses %s', (_, value, expected) => expect(faults(value)).toEqual(expected));

  it('counts characters, not code units', () => {
    expect(validate({ ...good, name: '🍵🍵🍵🍵🍵' })).toBeUndefined();
    expect(faults({ ...good, name: '🍵🍵🍵🍵🍵🍵' })).toEqual(['/name too_long']);
  });

  it('tells at most twenty faults', () =>
    expect(validate({ ...good, ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}`, 1])) })).toHaveLength(20));

  /** As class-validator wants it: instances all the way down. */
  function instance(type: new () => object, value: unknown): object {
    const target = Object.create(type.prototype as object) as Record<string, unknown>;
    const nested: Readonly<Record<string, new () => object>> = { price: MoneyDto, limit: PurchaseLimitDto, lines: LineDto };
    for (const [key, inner] of Object.entries(value as object)) {
      const inside = nested[key];
      const build = (element: unknown): unknown =>
        inside !== undefined && typeof element === 'object' && element !== null && !Array.isArray(element) ? instance(inside, element) : element;
      target[key] = Array.isArray(inner) ? inner.map(build) : build(inner);
    }
    return target;
  }

  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, true, '', 'x', 'EUR', 'red', 'tea', 0, -1, 1, 0.5, 1000, 2 ** 53, [], {}, [1], ['a'], [null]),
    fc.string({ unit: 'grapheme', maxLength: 7 }),
    fc.integer({ min: -7, max: 7 }),
  );
  const some = (value: unknown) => fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: odd });
  const line = fc.oneof(fc.record({ productId: some('tea'), quantity: some(1) }, { requiredKeys: [] }), odd);
  const body = fc.record(
    {
      name: some('Ann'),
      note: some('n'),
      delta: some(1),
      color: some('green'),
      onSale: some(false),
      price: fc.oneof(fc.record({ amount: some(1), currency: some('EUR') }, { requiredKeys: [] }), odd),
      limit: fc.oneof(fc.record({ quantity: some(1), days: some(3) }, { requiredKeys: [] }), odd),
      lines: fc.oneof(fc.array(line, { maxLength: 3 }), odd),
      words: fc.oneof(fc.array(some('w'), { maxLength: 3 }), odd),
      country: some('DE'),
      extra: odd,
    },
    { requiredKeys: ['name', 'delta', 'color', 'onSale', 'price', 'lines'] },
  );

  const goodLine = fc.record({ productId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), quantity: fc.integer({ min: 1, max: 999 }) });
  const goodFields = {
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
    note: fc.string({ unit: 'grapheme', maxLength: 2 }),
    delta: fc.integer({ min: -5, max: 5 }),
    color: fc.constantFrom('red', 'green'),
    onSale: fc.boolean(),
    price: fc.record({ amount: fc.maxSafeNat(), currency: fc.constantFrom('EUR', 'USD') }),
    limit: fc.record({ quantity: fc.integer({ min: 1 }), days: fc.integer({ min: 1, max: 366 }) }, { requiredKeys: ['quantity'] }),
    lines: fc.array(goodLine, { minLength: 1, maxLength: 2 }),
    words: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
    country: fc.stringMatching(/^[A-Z]{2}$/),
  };

  it('agrees with class-validator', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(body, fc.record({ ...goodFields }, { requiredKeys: ['name', 'delta', 'color', 'onSale', 'price', 'lines'] })), (value) => {
        const errors = validateSync(instance(EverythingDto, value), { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
        const compiled = validate(value);
        expect(compiled === undefined).toBe(errors.length === 0);
        if (compiled === undefined) taken++;
        const places = new Set((compiled ?? []).map(({ pointer = '' }) => pointer.split('/')[1]));
        expect([...places].sort()).toEqual(errors.map(({ property }) => property).sort());
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});

describe('formats of text', () => {
  class FormatsDto {
    @Optional()
    @UuidText()
    readonly id?: string;

    @Optional()
    @EmailAddress()
    readonly email?: string;

    @Optional()
    @HttpUrl()
    readonly url?: string;

    @Optional()
    @Timestamp()
    readonly at?: string;
  }
  const check = compileValidator(FormatsDto);

  it.each([
    { id: '018f4e2a-1111-7abc-8def-0123456789ab' },
    { email: 'ann.o-neill+shop@mail.example.com' },
    { url: 'https://shop.example.com/back?x=1#y' },
    { at: '2026-01-02T03:04:05.678Z' },
    { at: '2026-01-02T03:04:05+02:00' },
  ])('takes %j', (value) => expect(check(value)).toBeUndefined());

  it.each([
    { id: 'x' },
    { id: '018F4E2A-1111-7ABC-8DEF-0123456789AB' },
    { email: 'ann' },
    { email: 'a b@example.com' },
    { email: 'ann@localhost' },
    { url: 'javascript:alert(1)' },
    { url: '/relative' },
    { url: 'https://user:pass@example.com' },
    { at: '2026-13-02T03:04:05Z' },
    { at: 'yesterday' },
  ])('refuses %j', (value) => expect(check(value)).toEqual([expect.objectContaining({ code: 'malformed' })]));
});

describe('an e-mail address', () => {
  it('has at most 254 characters', () => {
    class ContactDto {
      @EmailAddress()
      readonly email: string = '';
    }
    const email = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.com`;
    expect(compileValidator(ContactDto)({ email: email.slice(1) })).toBeUndefined();
    expect(compileValidator(ContactDto)({ email })).toEqual([expect.objectContaining({ code: 'too_long' })]);
  });
});

describe('a class', () => {
  it('is refused at the start when a check cannot be said as a JSON Schema', () => {
    class OddDto {
      @IsEmail()
      readonly email: string = '';
    }
    expect(() => jsonSchemaOf(OddDto)).toThrow('OddDto.email: the check isEmail has no JSON Schema here');
  });

  it('is refused at the start when no field says what is allowed', () => {
    class EmptyDto {}
    expect(() => jsonSchemaOf(EmptyDto)).toThrow('EmptyDto has no field that says what is allowed');
  });
});

describe('query parameters', () => {
  class ListQuery {
    @Optional()
    @OneOf(['pending', 'confirmed'])
    readonly status?: string;

    @Optional()
    @WholeNumber({ min: 0 })
    readonly revision?: number;

    @Optional()
    @Flag()
    readonly open?: boolean;

    @Optional()
    @Text({ min: 0, max: 3 })
    readonly q?: string;
  }
  const read = compileQueryReader(ListQuery);

  it('are read as the class wants them, others ignored', () =>
    expect(read({ status: 'pending', revision: '12', open: 'true', q: '', other: ['1', '2'] })).toEqual({
      value: { status: 'pending', revision: 12, open: true, q: '' },
    }));

  it.each([
    [{ status: 'gone' }, 'status', 'not_allowed'],
    [{ status: ['pending', 'confirmed'] }, 'status', 'repeated'],
    [{ revision: '1e3' }, 'revision', 'wrong_type'],
    [{ revision: '' }, 'revision', 'wrong_type'],
    [{ revision: '9007199254740993' }, 'revision', 'too_large'],
    [{ revision: '-1' }, 'revision', 'too_small'],
    [{ open: 'yes' }, 'open', 'wrong_type'],
    [{ q: 'a\u0000' }, 'q', 'not_text'],
    [{ q: 'long' }, 'q', 'too_long'],
  ])('are refused by name: %j', (query, parameter, code) => expect(read(query)).toEqual({ faults: [expect.objectContaining({ parameter, code })] }));
});
