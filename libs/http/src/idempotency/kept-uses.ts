import type { EpochMs } from '@tillroll/kernel';
import type { Sealed } from '@tillroll/secrets';

/** One use of a key as it is kept, for moving it to another store. */
export interface KeptUse {
  /** As in `KeyUse`. */
  readonly id: string;
  readonly fingerprint: string;
  readonly begunAt: EpochMs;
  /** Undefined: the request ended without one. Sealed with the caller's key, which has to be moved too. */
  readonly answer?: Sealed;
}

/** Takes over uses that another store has kept. One that it knows already it leaves as it is. */
export interface AdoptsUses {
  adopt(uses: readonly KeptUse[]): Promise<void>;
}
