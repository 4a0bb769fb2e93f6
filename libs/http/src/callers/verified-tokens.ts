import type { Clock, EpochMs } from '@tillroll/kernel';
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
  /** Those of late, and those before them: a token that is used keeps its place at the cost of one look-up. */
  private recent = new Map<string, Known>();
  private earlier = new Map<string, Known>();

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revoked: RevokedCustomers,
    private readonly clock: Clock,
  ) {}

  /** Undefined: not valid. A promise only for a token that was not seen before. */
  callerOf(token: string): Caller | undefined | Promise<Caller | undefined> {
    const known = this.recent.get(token) ?? this.broughtForward(token);
    return known === undefined ? this.verify(token) : this.whileValid(token, known);
  }

  private broughtForward(token: string): Known | undefined {
    const known = this.earlier.get(token);
    if (known !== undefined) this.keep(token, known);
    return known;
  }

  private keep(token: string, known: Known): void {
    if (this.recent.size >= MOST_TOKENS / 2) {
      this.earlier = this.recent;
      this.recent = new Map();
    }
    this.recent.set(token, known);
  }

  private async verify(token: string): Promise<Caller | undefined> {
    if (token.length > LONGEST_TOKEN) return undefined;
    const verified = await this.verifier.verify(token);
    if (verified === undefined) return undefined;
    const known = { caller: callerOf(verified), expiresAt: verified.expiresAt };
    this.keep(token, known);
    return this.whileValid(token, known);
  }

  private whileValid(token: string, { caller, expiresAt }: Known): Caller | undefined {
    if (this.clock.now() < expiresAt && !this.revoked.isRevoked(caller.customerId)) return caller;
    this.recent.delete(token);
    this.earlier.delete(token);
    return undefined;
  }
}
