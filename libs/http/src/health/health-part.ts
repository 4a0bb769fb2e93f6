/** `degraded`: requests are answered, and somebody has to look at it. */
export type PartState = { readonly status: 'up' | 'degraded' | 'down' } & Readonly<Record<string, unknown>>;

/** One part of the shop whose state decides whether it is ready. */
export interface HealthPart {
  readonly name: string;
  check(): PartState | Promise<PartState>;
}

export const HEALTH_PARTS = Symbol('HealthParts');
