import Ajv, { type ErrorObject } from 'ajv';
import { pointerStep } from '../body/json-pointer';
import type { Fault } from '../problems/refusals';
import type { DtoClass } from './fields';
import { jsonSchemaOf } from './json-schema-of';
import { TEXT_FORMATS } from './text-formats';

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, ownProperties: true, formats: TEXT_FORMATS });

/** The faults of a value; undefined when there is none. */
export type Validator = (value: unknown) => readonly Fault[] | undefined;

const MOST_FAULTS = 20;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

type Describe = (params: Readonly<Record<string, unknown>>) => readonly [code: string, message: string];

const DESCRIBE: Readonly<Record<string, Describe>> = {
  type: ({ type }) => ['wrong_type', `must be ${TYPES[String(type)] ?? String(type)}`],
  required: () => ['required', 'must be given'],
  additionalProperties: () => ['unknown_field', 'is not known here'],
  minimum: ({ limit }) => ['too_small', `must be at least ${String(limit)}`],
  maximum: ({ limit }) => ['too_large', `must be at most ${String(limit)}`],
  minLength: ({ limit }) => ['too_short', limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} characters`],
  maxLength: ({ limit }) => ['too_long', `must have at most ${String(limit)} characters`],
  minItems: ({ limit }) => ['too_few', `must have at least ${String(limit)} elements`],
  maxItems: ({ limit }) => ['too_many', `must have at most ${String(limit)} elements`],
  enum: ({ allowedValues }) => ['not_allowed', `must be one of ${(allowedValues as readonly string[]).join(', ')}`],
  pattern: () => ['malformed', 'is not written as it must be'],
  format: ({ format }) => ['malformed', `is not written as ${String(format)} must be`],
};

function toFault({ keyword, instancePath, params }: ErrorObject): Fault {
  const name: unknown = keyword === 'required' ? params['missingProperty'] : keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
  const [code, message] = DESCRIBE[keyword]?.(params) ?? ['not_allowed', 'is not allowed'];
  return { pointer: typeof name === 'string' ? instancePath + pointerStep(name) : instancePath, code, message };
}

/** One fault for each place: a value of the wrong type is not also too short. */
function onePerPlace(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Set<string | undefined>();
  return faults.filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer)).slice(0, MOST_FAULTS);
}

/** Compiles what the class's decorators say into a function. For the start: compiling takes milliseconds. */
export function compileValidator(type: DtoClass): Validator {
  const validate = ajv.compile(jsonSchemaOf(type) as Record<string, unknown>);
  return (value) => (validate(value) ? undefined : onePerPlace((validate.errors ?? []).map(toFault)));
}
