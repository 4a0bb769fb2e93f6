import Type, { type Static, type TObject, type TProperties } from 'typebox';

/** The name, visibility and data of one version of an event on the bus. */
export interface EventContract<Name extends string = string, Data extends TObject = TObject> {
  readonly type: Name;
  readonly context: string;
  readonly name: string;
  readonly version: number;
  /** Public events are promised to everyone; internal ones only travel between our own contexts. */
  readonly visibility: 'public' | 'internal';
  readonly description: string;
  readonly data: Data;
}

export type DataOf<C extends EventContract> = Static<C['data']>;

/** Contracts of one context. A released version never changes, it only gains optional fields. */
export function contractsOf<const Context extends string>(context: Context) {
  const define =
    (visibility: 'public' | 'internal') =>
    <const Name extends string, P extends TProperties>(name: Name, description: string, properties: P) => ({
      type: `tillroll.${context}.${name}.v1` as const,
      context,
      name,
      version: 1,
      visibility,
      description,
      data: Type.Object(properties),
    });
  return { publicEvent: define('public'), internalEvent: define('internal') };
}
