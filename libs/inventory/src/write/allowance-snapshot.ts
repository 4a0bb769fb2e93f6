import type { Allowance } from './allowance';
import { decodeRecent, encodeRecent, type RecentJson } from './recent';

type Purchase = Allowance['earlier'];

interface AllowanceJson {
  readonly purchases: readonly (readonly [string, Purchase])[];
  readonly earlier: Purchase;
  readonly released: RecentJson<true>;
}

/** An allowance as JSON: a cache of the fold. Raise the version when `evolve` or the state's shape changes. */
export const allowanceSnapshot = {
  version: 1,

  encode: ({ purchases, earlier, released }: Allowance): AllowanceJson => ({ purchases: [...purchases], earlier, released: encodeRecent(released) }),

  decode(json: unknown): Allowance {
    const { purchases, earlier, released } = json as AllowanceJson;
    return { purchases: new Map(purchases), earlier, released: decodeRecent(released) };
  },
};
