import { PersistentMap } from '@tillroll/kernel';
import { decodeRecent, encodeRecent, type RecentJson } from './recent';
import type { StockTotals } from './stock-events';
import { type Claim, type Ending, expiriesOf, type Refusal, type Stock } from './stock-state';

type ClaimJson = readonly [orderId: string, quantity: number, expiresAt: number];

interface StockJson extends StockTotals {
  readonly holds: readonly ClaimJson[];
  readonly commitments: readonly ClaimJson[];
  readonly ended: RecentJson<Ending>;
  readonly refused: RecentJson<Refusal>;
  readonly shortfall: number;
}

const encodeClaims = (claims: PersistentMap<Claim>): readonly ClaimJson[] => [...claims].map(([orderId, { quantity, expiresAt }]) => [orderId, quantity, expiresAt]);

const decodeClaims = (claims: readonly ClaimJson[]): PersistentMap<Claim> =>
  PersistentMap.from(claims.map(([orderId, quantity, expiresAt]) => [orderId, { quantity, expiresAt }]));

/** A stock ledger as JSON: a cache of the fold. Raise the version when `evolve` or the state's shape changes. */
export const stockSnapshot = {
  version: 1,

  encode: ({ onHand, held, committed, holds, commitments, ended, refused, shortfall }: Stock): StockJson => ({
    onHand,
    held,
    committed,
    holds: encodeClaims(holds),
    commitments: encodeClaims(commitments),
    ended: encodeRecent(ended),
    refused: encodeRecent(refused),
    shortfall,
  }),

  decode(json: unknown): Stock {
    const kept = json as StockJson;
    const holds = decodeClaims(kept.holds);
    return {
      ...kept,
      holds,
      commitments: decodeClaims(kept.commitments),
      expiries: expiriesOf(holds),
      ended: decodeRecent(kept.ended),
      refused: decodeRecent(kept.refused),
    };
  },
};
