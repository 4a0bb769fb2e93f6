import type { RecordedEvent } from '@tillroll/event-store';
import type { EpochMs } from '@tillroll/kernel';
import { PATIENCE_MS } from './movement';
import type { Violation } from './violation';

interface Limit {
  readonly quantity: number;
  readonly days?: number;
}

interface Claim {
  readonly quantity: number;
  readonly at: EpochMs;
}

/** A limit and since when it is in force; undefined: none. */
interface LimitInForce {
  readonly since: EpochMs;
  readonly limit: Limit | undefined;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Checks invariant 9 in the order of the log: at each claim, what was bought in the limit's window before it. A limit
 * binds the orders that are placed after it: one that changed while an order was being placed may have been either.
 */
export class PurchaseLimits {
  private readonly limits = new Map<string, readonly LimitInForce[]>();
  private readonly claims = new Map<string, Map<string, Claim>>();
  readonly violations: Violation[] = [];
  checked = 0;

  add({ streamId, type, data, metadata }: Pick<RecordedEvent, 'streamId' | 'type' | 'data' | 'metadata'>): void {
    const productId = String(data['productId']);
    const now = Date.parse(metadata.time);
    switch (type) {
      case 'ProductCreated':
      case 'ProductChanged':
      case 'ProductWithdrawn':
        return this.change(productId, { since: now, limit: data['purchaseLimit'] as Limit | undefined });
      case 'AllowanceClaimed':
        return this.claim(streamId, productId, String(data['orderId']), { quantity: Number(data['quantity']), at: Date.parse(String(data['at'])) }, now);
      case 'AllowanceReleased':
        this.claims.get(streamId)?.delete(String(data['orderId']));
    }
  }

  private change(productId: string, limit: LimitInForce): void {
    this.limits.set(productId, [...(this.limits.get(productId) ?? []), limit]);
  }

  private claim(streamId: string, productId: string, orderId: string, claim: Claim, now: EpochMs): void {
    const claims = this.claims.get(streamId) ?? new Map<string, Claim>();
    this.claims.set(streamId, claims.set(orderId, claim));
    const candidates = this.inForce(productId, now);
    if (candidates.some((limit) => limit === undefined)) return;
    this.checked++;
    const broken = candidates.map((limit) => excessOver(limit, claims, claim)).filter((excess) => excess !== undefined);
    const [first] = broken;
    if (first === undefined || broken.length < candidates.length) return;
    this.violations.push({ invariant: 9, message: `${first.bought} bought where ${first.allowed} are allowed`, streams: [streamId, `order-${orderId}`] });
  }

  /** The present one first, and those that it replaced only lately. */
  private inForce(productId: string, now: EpochMs): readonly (Limit | undefined)[] {
    const known = this.limits.get(productId) ?? [];
    const found: (Limit | undefined)[] = [];
    for (const { since, limit } of known.toReversed()) {
      found.push(limit);
      if (now - since > PATIENCE_MS) break;
    }
    return found;
  }
}

function excessOver(limit: Limit | undefined, claims: ReadonlyMap<string, Claim>, { at }: Claim): { readonly bought: number; readonly allowed: number } | undefined {
  if (limit === undefined) return undefined;
  const since = limit.days === undefined ? Number.NEGATIVE_INFINITY : at - limit.days * DAY_MS;
  const bought = [...claims.values()].reduce((sum, claim) => (claim.at > since ? sum + claim.quantity : sum), 0);
  return bought > limit.quantity ? { bought, allowed: limit.quantity } : undefined;
}
