import type { Random } from './seeded-random';

/** How badly the provider behaves. Rates are probabilities, 0..1. */
export interface ChaosSettings {
  /** Every webhook waits so long, in milliseconds. */
  readonly delayMs: number;
  /** Webhooks that are sent twice. */
  readonly duplicate: number;
  /** Webhooks that are never sent. */
  readonly drop: number;
  /** Webhooks that are held back until a later one has been sent. */
  readonly reorder: number;
  /** API calls answered with 500, half of them after taking effect. */
  readonly errorRate: number;
  /** API calls never answered, half of them after taking effect. */
  readonly hangRate: number;
}

export const wellBehaved: ChaosSettings = { delayMs: 0, duplicate: 0, drop: 0, reorder: 0, errorRate: 0, hangRate: 0 };

export const LONGEST_DELAY_MS = 3_600_000;

export interface CallFate {
  readonly fault: 'none' | 'error' | 'hang';
  /** Where the fault strikes. */
  readonly when: 'before' | 'after';
}

export interface WebhookFate {
  readonly drop: boolean;
  readonly duplicate: boolean;
  readonly holdBack: boolean;
  readonly delayMs: number;
}

const spared: CallFate = { fault: 'none', when: 'before' };
const straight: WebhookFate = { drop: false, duplicate: false, holdBack: false, delayMs: 0 };

/** Decides what goes wrong. Kept in memory only: a restarted provider behaves well. */
export class Chaos {
  private present = wellBehaved;

  constructor(private readonly random: Random) {}

  get settings(): ChaosSettings {
    return this.present;
  }

  set(settings: ChaosSettings): void {
    this.present = settings;
  }

  fateOfCall(): CallFate {
    const { errorRate, hangRate } = this.present;
    if (errorRate === 0 && hangRate === 0) return spared;
    const fault = this.strikes(errorRate) ? 'error' : this.strikes(hangRate) ? 'hang' : 'none';
    return { fault, when: this.random() < 0.5 ? 'before' : 'after' };
  }

  fateOfWebhook(): WebhookFate {
    if (this.present === wellBehaved) return straight;
    const { drop, duplicate, reorder, delayMs } = this.present;
    return { drop: this.strikes(drop), duplicate: this.strikes(duplicate), holdBack: this.strikes(reorder), delayMs };
  }

  private strikes(rate: number): boolean {
    return rate > 0 && this.random() < rate;
  }
}
