import type { EpochMs } from '@tillroll/kernel';

interface Window {
  startedAt: EpochMs;
  count: number;
}

export interface LimiterOptions {
  /** How many are let through in a window. */
  readonly limit: number;
  readonly windowMs: number;
  /** Whose window began longest ago is forgotten beyond so many: memory stays bounded, whoever comes. */
  readonly mostKeys: number;
}

/**
 * Counts in windows of fixed length, each key's beginning with its first request: exactly `limit` pass in one.
 * A clock that jumps back begins new windows.
 */
export class WindowLimiter {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly options: LimiterOptions) {}

  /** Lets one through (0), or tells after how many milliseconds to come again. */
  take(key: string, now: EpochMs): number {
    const { limit, windowMs, mostKeys } = this.options;
    const window = this.windows.get(key);
    if (window === undefined || now >= window.startedAt + windowMs || now < window.startedAt) {
      this.windows.delete(key);
      this.windows.set(key, { startedAt: now, count: 1 });
      if (this.windows.size > mostKeys) this.forgetOldest();
      return 0;
    }
    if (window.count >= limit) return window.startedAt + windowMs - now;
    window.count++;
    return 0;
  }

  get size(): number {
    return this.windows.size;
  }

  private forgetOldest(): void {
    for (const key of this.windows.keys()) {
      this.windows.delete(key);
      return;
    }
  }
}
