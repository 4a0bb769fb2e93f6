import { PersistentMap } from '@tillroll/kernel';
import { decodeRecent, encodeRecent, type RecentJson } from './recent';
import type { StockTotals } from './stock-events';
import { type Claim, type Ending, expiriesOf, type Shortage, type Stock } from './stock-state';

interface StockJson extends StockTotals {
  readonly holds: readonly (readonly [string, Claim])[];
  readonly commitments: readonly (readonly [string, Claim])[];
  readonly ended: RecentJson<Ending>;
  readonly refused: RecentJson<Shortage>;
  readonly shortfall: number;
}

/** A stock ledger as JSON: a cache of the fold. Raise the version when `evolve` or the state's shape changes. */
export const stockSnapshot = {
  version: 1,

  encode: ({ onHand, held, committed, holds, commitments, ended, refused, shortfall }: Stock): StockJson => ({
    onHand,
    held,
    committed,
    holds: [...holds],
    commitments: [...commitments],
    ended: encodeRecent(ended),
    refused: encodeRecent(refused),
    shortfall,
  }),

  decode(json: unknown): Stock {
    const kept = json as StockJson;
    const holds = PersistentMap.from(kept.holds);
    return {
      ...kept,
      holds,
      commitments: PersistentMap.from(kept.commitments),
      expiries: expiriesOf(holds),
      ended: decodeRecent(kept.ended),
      refused: decodeRecent(kept.refused),
    };
  },
};
