import type { JsonSchema } from '../fields/json-schema-of';

const UUID = '01977c3a-5e1b-7c42-9f6a-3d2b8a4c1e90';

const OF_FORMAT: Readonly<Record<string, string>> = {
  uuid: UUID,
  email: 'ann@example.com',
  uri: 'https://shop.example.com/back',
  'date-time': '2030-01-01T12:00:00.000Z',
  'iso-4217': 'EUR',
  'product-id': 'tea-green-100',
};

/** Texts that read well for fields of that name. */
const OF_NAME: Readonly<Record<string, string>> = {
  name: 'Ann Example',
  password: 'correct horse battery',
  line1: 'Elm Street 13',
  line2: 'Flat 2',
  city: 'Springfield',
  region: 'Oregon',
  postalCode: '97477',
  country: 'US',
  phone: '+1 541 555 0100',
  reason: 'Ordered by mistake',
  note: 'Leave it at the door',
  tracking: 'JD014600003828',
  description: 'A light green tea from Zhejiang.',
  method: 'card_ok',
};

const OF_NUMBER: Readonly<Record<string, number>> = { amount: 7480, quantity: 2, delta: 25, setTo: 100, days: 30 };

function exampleText({ format, minLength, maxLength, enum: values, pattern }: JsonSchema, name: string): string | undefined {
  if (Array.isArray(values)) return String(values[0]);
  if (format !== undefined) return OF_FORMAT[format];
  const text = OF_NAME[name];
  if (text !== undefined && (typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text))) return typeof maxLength === 'number' ? text.slice(0, maxLength) : text;
  if (typeof pattern === 'string') return undefined;
  return 'text'.padEnd(typeof minLength === 'number' ? minLength : 0, '.');
}

/** A value that the schema takes, the same every time; undefined when none can be guessed. */
export function exampleOf(schema: JsonSchema, name = ''): unknown {
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).flatMap(([field, inner]) => {
          const value = exampleOf(inner, field);
          return value === undefined ? [] : [[field, value]];
        }),
      );
    case 'array': {
      const element = schema.items === undefined ? undefined : exampleOf(schema.items, name);
      return element === undefined ? [] : [element];
    }
    case 'integer': {
      const { minimum, maximum } = schema as { readonly minimum?: number; readonly maximum?: number };
      return Math.min(Math.max(OF_NUMBER[name] ?? 1, minimum ?? 0), maximum ?? Number.MAX_SAFE_INTEGER);
    }
    case 'boolean':
      return true;
    case 'string':
      return exampleText(schema, name);
    default:
      return undefined;
  }
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** The shape of a value as a schema: for answers, which are described by an example. */
export function schemaOfExample(value: unknown): JsonSchema {
  if (Array.isArray(value)) return { type: 'array', items: value.length === 0 ? {} : schemaOfExample(value[0]) };
  if (value === null) return {};
  switch (typeof value) {
    case 'object': {
      const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
      return { type: 'object', properties: Object.fromEntries(fields.map(([field, inner]) => [field, schemaOfExample(inner)])) };
    }
    case 'number':
      return { type: Number.isInteger(value) ? 'integer' : 'number' };
    case 'boolean':
      return { type: 'boolean' };
    default:
      return typeof value === 'string' && TIMESTAMP.test(value) ? { type: 'string', format: 'date-time' } : { type: 'string' };
  }
}
