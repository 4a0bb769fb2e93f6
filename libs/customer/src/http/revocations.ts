import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { RevokedCustomers } from '@tillroll/http';
import { type Clock, toTimestamp } from '@tillroll/kernel';
import { CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { type Revocation, REVOCATIONS } from '../read/revocations-projection';

/** No token lives longer, so that an older revocation has nothing to revoke. */
const LONGEST_TOKEN_MS = 7 * 24 * 3_600_000;
const PAGE = 500;

/** Customers who asked to be forgotten: known at once in this process, and again after a restart. */
@Injectable()
export class Revocations implements RevokedCustomers, OnApplicationBootstrap {
  private readonly revoked = new Set<string>();

  constructor(
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  isRevoked(customerId: string): boolean {
    return this.revoked.size > 0 && this.revoked.has(customerId);
  }

  revoke(customerId: string): void {
    this.revoked.add(customerId);
  }

  async onApplicationBootstrap(): Promise<void> {
    const since = toTimestamp(this.clock.now() - LONGEST_TOKEN_MS);
    let after: { value: string; id: string } | undefined = { value: since, id: '' };
    while (after !== undefined) {
      const found: readonly { id: string; document: Revocation }[] = await this.readModels.find<Revocation>(REVOCATIONS, {
        orderBy: 'at',
        direction: 'ascending',
        after,
        limit: PAGE,
      });
      for (const { id } of found) this.revoke(id);
      const last = found.at(-1);
      after = found.length < PAGE || last === undefined ? undefined : { value: last.document.at, id: last.id };
    }
  }
}
