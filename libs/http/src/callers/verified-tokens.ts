import type { Clock, EpochMs } from '@tillroll/kernel';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller';
import type { RevokedCustomers, TokenVerifier, VerifiedToken } from './tokens';

interface Known {
  readonly caller: Caller;
  readonly expiresAt: EpochMs;
}

/** About a kilobyte each. */
const MOST_TOKENS = 20_000;

/** No honest token is longer, and a longer one would be kept here as a key. */
const LONGEST_TOKEN = 4096;

const callerOf = ({ customerId, roles }: VerifiedToken): Caller => ({ customerId, roles, isAdmin: roles.includes('admin') });

/** Verifies each token once, because signatures are dear; what ends a token early or late is looked at every time. */
export class VerifiedTokens {
  private readonly known = new LRUCache<string, Known>({ max: MOST_TOKENS });

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revoked: RevokedCustomers,
    private readonly clock: Clock,
  ) {}

  /** Undefined: not valid. A promise only for a token that was not seen before. */
  callerOf(token: string): Caller | undefined | Promise<Caller | undefined> {
    const known = this.known.get(token);
    return known === undefined ? this.verify(token) : this.whileValid(token, known);
  }

  private async verify(token: string): Promise<Caller | undefined> {
    if (token.length > LONGEST_TOKEN) return undefined;
    const verified = await this.verifier.verify(token);
    if (verified === undefined) return undefined;
    const known = { caller: callerOf(verified), expiresAt: verified.expiresAt };
    this.known.set(token, known);
    return this.whileValid(token, known);
  }

  private whileValid(token: string, { caller, expiresAt }: Known): Caller | undefined {
    if (this.clock.now() < expiresAt && !this.revoked.isRevoked(caller.customerId)) return caller;
    this.known.delete(token);
    return undefined;
  }
}
