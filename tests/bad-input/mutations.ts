/** A body that is wrong at one place, as it is sent. */
export interface WrongBody {
  readonly what: string;
  readonly body: string | Buffer;
  /** Where the fault is: a JSON pointer. */
  readonly pointer: string;
}

type Path = readonly (string | number)[];

const pointerTo = (path: Path): string => path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The body as text, with raw JSON in the place of one value. */
function withRaw(body: unknown, path: Path, raw: string): string {
  const [step, ...rest] = path;
  if (step === undefined) return raw;
  if (Array.isArray(body)) return `[${body.map((one: unknown, index) => (index === step ? withRaw(one, rest, raw) : JSON.stringify(one))).join()}]`;
  const fields = Object.entries(body as object) as [string, unknown][];
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${name === step ? withRaw(value, rest, raw) : JSON.stringify(value)}`).join()}}`;
}

/** Every place in a body that holds a text, a number, an object or a list. */
function placesIn(value: unknown, at: Path = []): readonly { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path: at, value }];
  const inside = Array.isArray(value) ? value.flatMap((one, index) => placesIn(one, [...at, index])) : Object.entries(value).flatMap(([name, one]) => placesIn(one, [...at, name]));
  return at.length === 0 ? inside : [{ path: at, value }, ...inside];
}

const OF_WRONG_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['null', '1', 'true', '[]', '{}', '["x"]'],
  number: ['null', '"1"', 'true', '[]', '{}', '[1]', '1.5', '1e400', '-1e400', '9007199254740993', '9007199254740992', '1e308', '0.1e-400'],
  boolean: ['null', '1', '"true"', '[]', '{}'],
  object: ['null', '1', '"x"', '[]', 'true'],
  list: ['null', '1', '"x"', '{}', 'true'],
};

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

/** Wrong in form: no text of JSON that everyone reads alike. */
function misshapen(good: Readonly<Record<string, unknown>>): readonly WrongBody[] {
  const text = JSON.stringify(good);
  const [first = 'x'] = Object.keys(good);
  const inner = text.slice(1);
  const firstText = placesIn(good).find(({ value }) => typeof value === 'string');
  const sep = Object.keys(good).length === 0 ? '' : ',';
  const broken: WrongBody[] = [
    ...['null', '[]', '"x"', '5', 'true', `[${text}]`].map((body) => ({ what: body.slice(0, 10), body, pointer: '' })),
    { what: 'nothing', body: '', pointer: '' },
    { what: 'a byte order mark', body: `\ufeff${text}`, pointer: '' },
    { what: 'two documents', body: `${text}${text}`, pointer: '' },
    { what: 'an open brace', body: '{', pointer: '' },
    { what: 'single quotes', body: "{'a':1}", pointer: '' },
    { what: 'a comment', body: `/* x */${text}`, pointer: '' },
    { what: 'NaN', body: 'NaN', pointer: '' },
    { what: 'bytes that are not UTF-8', body: Buffer.concat([Buffer.from('{"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from(`":1${sep}${inner}`)]), pointer: '' },
    { what: 'UTF-16', body: Buffer.from(text, 'utf16le'), pointer: '' },
    { what: 'a key twice', body: `{${JSON.stringify(first)}:1${sep}${inner}`, pointer: pointerTo([first]) },
    { what: '__proto__', body: `{"__proto__":{"isAdmin":true}${sep}${inner}`, pointer: '/__proto__' },
    { what: 'constructor', body: `{"constructor":{"prototype":{"isAdmin":true}}${sep}${inner}`, pointer: '/constructor' },
    { what: 'an unknown field', body: `{"isAdmin":true${sep}${inner}`, pointer: '/isAdmin' },
    { what: 'an unknown field with a strange name', body: `{"a/b~c":1${sep}${inner}`, pointer: '/a~1b~0c' },
    { what: 'an unknown field of nothing', body: `{"":1${sep}${inner}`, pointer: '/' },
    { what: 'deep lists', body: `{"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}${sep}${inner}`, pointer: `/deep${'/0'.repeat(31)}` },
    { what: 'deep objects', body: `{"deep":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}${sep}${inner}`, pointer: `/deep${'/a'.repeat(31)}` },
    { what: 'NUL in a key', body: `{"a\\u0000":1${sep}${inner}`, pointer: '/a\u0000' },
  ];
  if (firstText === undefined) return broken;
  const at = pointerTo(firstText.path);
  return [
    ...broken,
    { what: 'NUL', body: withRaw(good, firstText.path, '"a\\u0000b"'), pointer: at },
    { what: 'a raw control character', body: withRaw(good, firstText.path, '"a\u0001b"'), pointer: at },
    { what: 'half a pair of surrogates', body: withRaw(good, firstText.path, '"\\ud83c"'), pointer: at },
    { what: 'the other half', body: withRaw(good, firstText.path, '"x\\udf75"'), pointer: at },
    { what: 'an unknown escape', body: withRaw(good, firstText.path, '"\\x41"'), pointer: at },
  ];
}

/** A text with an upper limit only. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['/description']);

/** Wrong at one field: of another type, too long, or missing. */
function misfilled(good: Readonly<Record<string, unknown>>): readonly WrongBody[] {
  return placesIn(good).flatMap(({ path, value }) => {
    const pointer = pointerTo(path);
    const types = (OF_WRONG_TYPE[typeOf(value)] ?? []).map((raw) => ({ what: `${raw} at ${pointer}`, body: withRaw(good, path, raw), pointer }));
    if (typeof value !== 'string') return types;
    const lengths = [{ what: `much text at ${pointer}`, body: withRaw(good, path, JSON.stringify('x'.repeat(90_000))), pointer }];
    return MAY_BE_EMPTY.has(pointer) ? [...types, ...lengths] : [...types, ...lengths, { what: `no text at ${pointer}`, body: withRaw(good, path, '""'), pointer }];
  });
}

/** Bodies that are not the good one, each wrong in one way. */
export const wrongBodies = (good: Readonly<Record<string, unknown>>): readonly WrongBody[] => [...misshapen(good), ...misfilled(good)];

/** For a route that takes no body. */
export const unwantedBodies: readonly WrongBody[] = [
  { what: 'a field', body: '{"a":1}', pointer: '/a' },
  { what: 'a list', body: '[]', pointer: '' },
  { what: 'a text', body: '"x"', pointer: '' },
  { what: '__proto__', body: '{"__proto__":{}}', pointer: '/__proto__' },
  { what: 'no JSON', body: '{', pointer: '' },
];
