import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '@tillroll/kernel';
import { CLOCK } from '@tillroll/processing';
import { LedgerReconciliation, type LedgerReport } from '../conversation/ledger-reconciliation';
import { GatewayUnavailable } from '../gateway/port';

const MINUTE = 60_000;
const FIRST_AFTER_MS = 5 * MINUTE;
const EVERY_MS = 60 * MINUTE;
const PAUSE_MS = 50;
/** Older payments have been compared dozens of times; the audit compares them all. */
const LOOK_BACK_MS = 3 * 24 * 60 * MINUTE;

/** Compares the ledgers every hour. */
@Injectable()
export class LedgerSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('payment.ledger');
  private cancel: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();
  /** The last comparison that came to an end. */
  latest: LedgerReport | undefined;

  constructor(
    @Inject(LedgerReconciliation) private readonly reconciliation: LedgerReconciliation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.arm(FIRST_AFTER_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    this.cancel?.();
    await this.running;
  }

  private arm(afterMs: number): void {
    this.cancel = this.clock.wakeAt(this.clock.now() + afterMs, () => {
      this.running = this.run();
    });
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    try {
      this.latest = await this.reconciliation.reconcileLedgers({ since: this.clock.now() - LOOK_BACK_MS, pauseMs: PAUSE_MS, signal });
      const { differences } = this.latest;
      if (differences.length > 0) this.logger.warn({ message: 'the ledgers of the shop and of the payment provider differ', differences: differences.slice(0, 20), count: differences.length });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GatewayUnavailable) this.logger.warn('the ledgers were not compared: the payment provider did not answer');
      else this.logger.error('the ledgers were not compared', error);
    } finally {
      if (!signal.aborted) this.arm(EVERY_MS);
    }
  }
}
