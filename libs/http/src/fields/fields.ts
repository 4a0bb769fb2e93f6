import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, Matches, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { isPlainText } from '../body/json-text';
import { TEXT_FORMATS, type TextFormat } from './text-formats';

/** A class whose fields carry these decorators. */
export type DtoClass = abstract new (...args: never[]) => object;

const all =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };

/** Characters as people count them in a limit: code points. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const isTextOf = (value: unknown, min: number, max: number): boolean => {
  if (typeof value !== 'string' || !isPlainText(value)) return false;
  const length = characters(value);
  return length >= min && length <= max;
};

const text = (min: number, max: number, each: boolean): PropertyDecorator =>
  ValidateBy({ name: 'text', constraints: [min, max], validator: { validate: (value) => isTextOf(value, min, max) } }, { each });

/** Unicode text of `min` (default 1) to `max` characters, without NUL and lone surrogates. */
export const Text = ({ min = 1, max }: { readonly min?: number; readonly max: number }): PropertyDecorator => text(min, max, false);

const formatted = (format: TextFormat): PropertyDecorator => {
  const isFormatted: (value: string) => boolean = TEXT_FORMATS[format];
  return ValidateBy({ name: 'formatted', constraints: [format], validator: { validate: (value) => typeof value === 'string' && isFormatted(value) } });
};

/** A UUID in lower case. */
export const UuidText = (): PropertyDecorator => formatted('uuid');

/** An e-mail address of at most 254 characters. */
export const EmailAddress = (): PropertyDecorator => formatted('email');

/** An absolute http or https URL without credentials, of at most 2,000 characters. */
export const HttpUrl = (): PropertyDecorator => formatted('uri');

/** RFC 3339, any offset. */
export const Timestamp = (): PropertyDecorator => formatted('date-time');

/** The code of a currency in use. */
export const CurrencyCode = (): PropertyDecorator => formatted('iso-4217');

/** A product id: `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`. */
export const ProductId = (): PropertyDecorator => formatted('product-id');

/** A whole number that a double holds exactly, from `min` to `max`. Never a text that looks like one. */
export const WholeNumber = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: { readonly min?: number; readonly max?: number } = {}): PropertyDecorator =>
  ValidateBy({
    name: 'wholeNumber',
    constraints: [min, max],
    validator: { validate: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max },
  });

/** One of these words. */
export const OneOf = (values: readonly string[]): PropertyDecorator => IsIn([...values]);

/** `true` or `false`. */
export const Flag = (): PropertyDecorator => IsBoolean();

const isPlainObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const aDto = (type: () => DtoClass, each: boolean): PropertyDecorator =>
  all(ValidateNested({ each, context: { type } }), ValidateBy({ name: 'object', validator: { validate: isPlainObject } }, { each }));

/** An object of this class. */
export const Nested = (type: () => DtoClass): PropertyDecorator => aDto(type, false);

/** A list of `min` (default 0) to `max` objects of this class, or texts of 1 to 255 characters. */
export const ListOf = (type: () => DtoClass | StringConstructor, { min = 0, max }: { readonly min?: number; readonly max: number }): PropertyDecorator =>
  all(IsArray(), ArrayMinSize(min), ArrayMaxSize(max), (target, key) => {
    const element = type();
    (element === String ? text(1, 255, true) : aDto(type as () => DtoClass, true))(target, key);
  });

/** May be left out. Null is not the same as left out. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** May also be null, which is not the same as left out. */
export const OrNull = (): PropertyDecorator => ValidateBy({ name: 'orNull', validator: { validate: () => true } });

/** Text that matches; the pattern is read with the `u` flag and knows no other. */
export const Pattern = (pattern: RegExp): PropertyDecorator => {
  if (pattern.flags.replace('u', '') !== '') throw new TypeError(`@Pattern knows no flags: ${String(pattern)}`);
  return Matches(new RegExp(pattern.source, 'u'));
};
