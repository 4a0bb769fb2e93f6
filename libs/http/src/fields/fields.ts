import { ApiProperty } from '@nestjs/swagger';
import * as check from 'class-validator';

type Constructor = abstract new (...args: never[]) => object;

const all =
  (...decorators: readonly PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };

/** Unicode text of `min` (default 1) to `max` characters, without NUL and lone surrogates. */
export const Text = ({ min = 1, max }: { readonly min?: number; readonly max: number }): PropertyDecorator =>
  all(check.IsString(), check.Length(min, max), ApiProperty({ type: String, minLength: min, maxLength: max }));

export const WholeNumber = ({ min, max }: { readonly min?: number; readonly max?: number } = {}): PropertyDecorator =>
  all(check.IsInt(), ...(min === undefined ? [] : [check.Min(min)]), ...(max === undefined ? [] : [check.Max(max)]), ApiProperty({ type: 'integer' }));

export const OneOf = (values: readonly string[]): PropertyDecorator => all(check.IsIn(values), ApiProperty({ enum: [...values] }));

export const Flag = (): PropertyDecorator => all(check.IsBoolean(), ApiProperty({ type: Boolean }));

export const Nested = (type: () => Constructor): PropertyDecorator => all(check.ValidateNested(), ApiProperty({ type: type as () => new () => object }));

export const ListOf = (_type: () => Constructor | StringConstructor, { max }: { readonly max: number }): PropertyDecorator =>
  all(check.IsArray(), check.ArrayMaxSize(max));

/** May be left out. Null is not the same as left out. */
export const Optional = (): PropertyDecorator => check.IsOptional();

export const Pattern = (pattern: RegExp): PropertyDecorator => all(check.Matches(pattern), ApiProperty({ pattern: pattern.source }));
