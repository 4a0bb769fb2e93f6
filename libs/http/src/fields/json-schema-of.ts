import { getMetadataStorage } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { ValidationMetadata as Meta } from 'class-validator/types/metadata/ValidationMetadata';
import type { DtoClass } from './fields';
import type { TextFormat } from './text-formats';

export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly format?: string;
  readonly [keyword: string]: unknown;
}

/** The checks of class-validator that mean exactly the same as a JSON Schema; any other would be lost unseen. */
const KNOWN: ReadonlySet<string> = new Set([
  'text', 'formatted', 'wholeNumber', 'object', 'orNull', 'nestedValidation', 'conditionalValidation',
  'isIn', 'isBoolean', 'isArray', 'arrayMinSize', 'arrayMaxSize', 'matches',
]);

type Options = NonNullable<Parameters<typeof targetConstructorToSchema>[1]>;

const formatted = (format: TextFormat): JsonSchema => {
  switch (format) {
    case 'product-id':
      return { type: 'string', format, pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' };
    case 'iso-4217':
      return { type: 'string', format, pattern: '^[A-Z]{3}$' };
    case 'email':
      return { type: 'string', format, maxLength: 254 };
    case 'uri':
      return { type: 'string', format, maxLength: 2000 };
    default:
      return { type: 'string', format };
  }
};

function nested({ context, target, propertyName }: Meta): JsonSchema {
  const type = (context as { readonly type?: () => DtoClass } | undefined)?.type;
  if (type === undefined) throw new TypeError(`${nameOf(target)}.${propertyName}: use @Nested or @ListOf`);
  return jsonSchemaOf(type());
}

const converters: Readonly<Record<string, (meta: Meta) => JsonSchema>> = {
  text: ({ constraints: [minLength, maxLength] }) => ({ type: 'string', minLength, maxLength }),
  formatted: ({ constraints: [format] }) => formatted(format as TextFormat),
  wholeNumber: ({ constraints: [minimum, maximum] }) => ({ type: 'integer', minimum, maximum }),
  object: () => ({ type: 'object' }),
  orNull: () => ({ nullable: true }),
  nestedValidation: nested,
  isIn: ({ constraints: [values] }) => ({ type: 'string', enum: values as readonly string[] }),
  matches: ({ constraints: [pattern] }) => ({ type: 'string', pattern: (pattern as RegExp).source }),
};

const nameOf = (target: unknown): string => (typeof target === 'function' ? target.name : String(target));

function refuseUnknownChecks(type: DtoClass): void {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(type, '', true, false);
  if (metadata.length === 0) throw new TypeError(`${type.name} has no field that says what is allowed`);
  for (const meta of metadata) {
    const check = meta.constraintCls === undefined ? meta.type : (storage.getTargetValidatorConstraints(meta.constraintCls)[0]?.name ?? meta.type);
    if (!KNOWN.has(check)) throw new TypeError(`${type.name}.${meta.propertyName}: the check ${check} has no JSON Schema here`);
  }
}

const schemas = new Map<DtoClass, JsonSchema>();

/**
 * What the class's decorators say, as a JSON Schema without references that allows no other field.
 * Throws a `TypeError` when a decorator cannot be said that way.
 */
export function jsonSchemaOf(type: DtoClass): JsonSchema {
  const known = schemas.get(type);
  if (known !== undefined) return known;
  refuseUnknownChecks(type);
  const schema = targetConstructorToSchema(type, { additionalConverters: converters as unknown as NonNullable<Options['additionalConverters']> }) as unknown as JsonSchema;
  const closed = { ...schema, additionalProperties: false };
  schemas.set(type, closed);
  return closed;
}
