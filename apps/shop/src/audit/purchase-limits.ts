import type { Violation } from './violation';

interface Limit {
  readonly quantity: number;
  readonly days?: number;
}

const DAY_MS = 24 * 3_600_000;

/** Checks invariant 9 in the order of the log: at each claim, what was bought in the limit's window before it. */
export class PurchaseLimits {
  private readonly limits = new Map<string, Limit | undefined>();
  private readonly claims = new Map<string, Map<string, { readonly quantity: number; readonly at: number }>>();
  readonly violations: Violation[] = [];
  checked = 0;

  add(streamId: string, type: string, data: Readonly<Record<string, unknown>>): void {
    const productId = String(data['productId']);
    if (type === 'ProductCreated' || type === 'ProductChanged' || type === 'ProductWithdrawn') this.limits.set(productId, data['purchaseLimit'] as Limit | undefined);
    if (type === 'AllowanceClaimed') this.claim(streamId, productId, String(data['orderId']), Number(data['quantity']), Date.parse(String(data['at'])));
    if (type === 'AllowanceReleased') this.claims.get(streamId)?.delete(String(data['orderId']));
  }

  private claim(streamId: string, productId: string, orderId: string, quantity: number, at: number): void {
    const claims = this.claims.get(streamId) ?? new Map<string, { quantity: number; at: number }>();
    this.claims.set(streamId, claims.set(orderId, { quantity, at }));
    const limit = this.limits.get(productId);
    if (limit === undefined) return;
    this.checked++;
    const since = limit.days === undefined ? 0 : at - limit.days * DAY_MS;
    const bought = [...claims.values()].reduce((sum, claimed) => (claimed.at > since ? sum + claimed.quantity : sum), 0);
    if (bought > limit.quantity) this.violations.push({ invariant: 9, message: `${bought} bought where ${limit.quantity} are allowed`, streams: [streamId, `order-${orderId}`] });
  }
}
