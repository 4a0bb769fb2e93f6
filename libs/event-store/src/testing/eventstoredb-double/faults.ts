/** What a test can break. Everything is whole at first. */
export interface FaultSettings {
  /** So many of the next appends lose their connection before they are written. */
  readonly loseBeforeAppend: number;
  /** So many of the next appends lose their connection after they are on disk. */
  readonly loseAfterAppend: number;
  /** So many of the next appends get no answer at all, though they are written. */
  readonly swallowAnswers: number;
  /** So many of the next appends are answered with a time-out, as one is that comes while its first try is on its way. They are written. */
  readonly timeOutAppends: number;
  /** Nothing is answered and nothing is sent, as if the process were stopped. */
  readonly silent: boolean;
  /** Appends are refused as by a server that has just started. */
  readonly notReady: boolean;
  /** Each answer to an append, and each read, comes so much later. */
  readonly delayMs: number;
  /** Live subscriptions are confirmed and then told nothing more. */
  readonly muteSubscriptions: boolean;
}

const WHOLE: FaultSettings = { loseBeforeAppend: 0, loseAfterAppend: 0, swallowAnswers: 0, timeOutAppends: 0, silent: false, notReady: false, delayMs: 0, muteSubscriptions: false };

type Counted = 'loseBeforeAppend' | 'loseAfterAppend' | 'swallowAnswers' | 'timeOutAppends';

/** The faults that are switched on. */
export class Faults {
  private settings = WHOLE;
  private readonly waiting = new Set<() => void>();

  get now(): FaultSettings {
    return this.settings;
  }

  /** Everything that is not named is whole again. */
  set(settings: Partial<FaultSettings>): void {
    this.settings = { ...WHOLE, ...settings };
    if (this.settings.silent) return;
    for (const goOn of this.waiting) goOn();
    this.waiting.clear();
  }

  /** Whether this append is one of the next ones that are to fail so. */
  take(fault: Counted): boolean {
    if (this.settings[fault] <= 0) return false;
    this.settings = { ...this.settings, [fault]: this.settings[fault] - 1 };
    return true;
  }

  /** Waits for as long as the double is silent or slow. */
  async pass(): Promise<void> {
    while (this.settings.silent) await new Promise<void>((goOn) => this.waiting.add(goOn));
    const { delayMs } = this.settings;
    if (delayMs > 0) await new Promise((goOn) => setTimeout(goOn, delayMs));
  }
}
