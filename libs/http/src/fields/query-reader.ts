import { isPlainText } from '../body/json-text';
import type { Fault } from '../problems/refusals';
import type { DtoClass } from './fields';
import { type JsonSchema, jsonSchemaOf } from './json-schema-of';
import { compileValidator } from './validator';

type Query = Readonly<Record<string, unknown>>;

export type ReadQuery = { readonly value: Query } | { readonly faults: readonly Fault[] };

const WHOLE_NUMBER = /^-?\d{1,16}$/;

/** Reads the text of a parameter as its schema wants it; what cannot be read stays text, and is refused as such. */
function readText(text: string, type: string | undefined): unknown {
  if (type === 'integer') return WHOLE_NUMBER.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

const once = (parameter: string): Fault => ({ parameter, code: 'repeated', message: 'must be given once' });
const notText = (parameter: string): Fault => ({ parameter, code: 'not_text', message: 'contains NUL or is not UTF-8' });

function readParameter(name: string, given: unknown, schema: JsonSchema): { readonly value: unknown } | { readonly fault: Fault } {
  const texts = Array.isArray(given) ? (given as readonly string[]) : [String(given)];
  if (!texts.every(isPlainText)) return { fault: notText(name) };
  if (schema.type === 'array') return { value: texts.map((text) => readText(text, schema.items?.type)) };
  const [text] = texts;
  return texts.length === 1 && text !== undefined ? { value: readText(text, schema.type) } : { fault: once(name) };
}

/** Reads the query parameters that the class knows and ignores all others. */
export function compileQueryReader(type: DtoClass): (query: Query) => ReadQuery {
  const validate = compileValidator(type);
  const parameters = Object.entries(jsonSchemaOf(type).properties ?? {});
  return (query) => {
    const value: Record<string, unknown> = {};
    const faults: Fault[] = [];
    for (const [name, schema] of parameters) {
      if (query[name] === undefined) continue;
      const read = readParameter(name, query[name], schema);
      if ('fault' in read) faults.push(read.fault);
      else value[name] = read.value;
    }
    for (const { pointer = '', code, message } of validate(value) ?? []) {
      const parameter = pointer.split('/')[1] ?? '';
      if (!faults.some((fault) => fault.parameter === parameter)) faults.push({ parameter, code, message });
    }
    return faults.length > 0 ? { faults } : { value };
  };
}
