/** What a JSON value must look like. An object has these fields and no other; a list of one shape holds any number of it. */
export type Shape = ((value: unknown) => boolean) | readonly [Shape] | { readonly [field: string]: Shape | OptionalShape };

interface OptionalShape {
  readonly optional: Shape;
}

/** The field may be left out; it is never null. */
export const optional = (shape: Shape): OptionalShape => ({ optional: shape });

const isOptional = (shape: Shape | OptionalShape): shape is OptionalShape => typeof shape === 'object' && 'optional' in shape;
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place at which the value is not of the shape; none when it fits. */
export function misfits(value: unknown, shape: Shape, at = ''): readonly string[] {
  if (typeof shape === 'function') return shape(value) ? [] : [`${at}: ${JSON.stringify(value) ?? 'missing'}`];
  if (Array.isArray(shape)) {
    const [element] = shape as readonly [Shape];
    return Array.isArray(value) ? value.flatMap((one, index) => misfits(one, element, `${at}/${index}`)) : [`${at}: no list`];
  }
  if (!isObject(value)) return [`${at}: no object`];
  const fields = shape as Readonly<Record<string, Shape | OptionalShape>>;
  const unknown = Object.keys(value).filter((field) => !(field in fields)).map((field) => `${at}/${field}: unknown`);
  const wrong = Object.entries(fields).flatMap(([field, inner]) => {
    if (!isOptional(inner)) return misfits(value[field], inner, `${at}/${field}`);
    return field in value ? misfits(value[field], inner.optional, `${at}/${field}`) : [];
  });
  return [...unknown, ...wrong];
}

export const expectShape = (value: unknown, shape: Shape): void => expect(misfits(value, shape)).toEqual([]);

export const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
export const flag = (value: unknown): boolean => typeof value === 'boolean';
export const whole = (value: unknown): boolean => Number.isSafeInteger(value);
export const atLeast = (least: number) => (value: unknown): boolean => whole(value) && (value as number) >= least;
export const oneOf = (...words: readonly unknown[]) => (value: unknown): boolean => words.includes(value);
export const matching = (pattern: RegExp) => (value: unknown): boolean => typeof value === 'string' && pattern.test(value);
export const uuid = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
/** RFC 3339 in UTC. */
export const time = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
