import type { Allowance } from './allowance';
import { decodeRecent, encodeRecent, type RecentJson } from './recent';

interface AllowanceJson {
  readonly purchases: readonly (readonly [string, { readonly quantity: number; readonly at: number }])[];
  /** Null: without end. */
  readonly window: number | null;
  readonly released: RecentJson<true>;
}

/** An allowance as JSON: a cache of the fold. Raise the version when `evolve` or the state's shape changes. */
export const allowanceSnapshot = {
  version: 1,

  encode: ({ purchases, window, released }: Allowance): AllowanceJson => ({
    purchases: [...purchases],
    window: Number.isFinite(window) ? window : null,
    released: encodeRecent(released),
  }),

  decode(json: unknown): Allowance {
    const { purchases, window, released } = json as AllowanceJson;
    return { purchases: new Map(purchases), window: window ?? Infinity, released: decodeRecent(released) };
  },
};
