import type { Clock } from '@tillroll/kernel';
import { textOf } from '../consumers/key-lanes';
import type { BusLogger } from '../logger';
import type { BusEngine, BusTables } from './bus-tables';
import type { DurableConsumer } from './durable-consumer';

export interface CheckpointsOptions {
  readonly engine: BusEngine;
  readonly tables: BusTables;
  readonly clock: Clock;
  readonly logger: BusLogger;
}

const AT_MOST_EVERY_MS = 50;
const AT_LEAST_EVERY_EVENTS = 500;
/** A consumer that had nothing to do need not be kept up to date: reading so much once more is cheap. */
const WORTH_KEEPING = 1_000;

/** Writes positions now and then while there is progress, all in one write; no timer runs when there is none. */
export class Checkpoints {
  private readonly kept = new Map<DurableConsumer, { position: number; worked: boolean }>();
  private finished = 0;
  private cancelTimer: (() => void) | undefined;
  private writing: Promise<void> | undefined;

  constructor(private readonly options: CheckpointsOptions) {}

  add(consumer: DurableConsumer): void {
    this.kept.set(consumer, { position: consumer.position, worked: false });
  }

  /** The consumer has finished an event. */
  worked(consumer: DurableConsumer): void {
    const kept = this.kept.get(consumer);
    if (kept !== undefined) kept.worked = true;
    if (++this.finished < AT_LEAST_EVERY_EVENTS) return this.soon();
    this.finished = 0;
    void this.write(false);
  }

  /** Writes within a moment what is worth it. */
  soon(): void {
    if (this.cancelTimer !== undefined) return;
    const { clock } = this.options;
    this.cancelTimer = clock.wakeAt(clock.now() + AT_MOST_EVERY_MS, () => {
      this.cancelTimer = undefined;
      this.finished = 0;
      void this.write(false);
    });
  }

  /** Resolves when all positions are on disk, or could not be written. */
  async stop(): Promise<void> {
    this.cancelTimer?.();
    await this.writing;
    await this.write(true);
  }

  private async write(all: boolean): Promise<void> {
    if (this.writing !== undefined) return this.soon();
    this.writing = this.writeNow(all).finally(() => (this.writing = undefined));
    await this.writing;
  }

  private async writeNow(all: boolean): Promise<void> {
    const { engine, tables, logger } = this.options;
    const due = [...this.kept].flatMap(([consumer, kept]) => {
      const { name, position } = consumer;
      const behind = position - kept.position;
      return behind > 0 && (all || kept.worked || behind > WORTH_KEEPING) ? [{ name, kept, position }] : [];
    });
    if (due.length === 0) return;
    try {
      await engine.write(() => due.forEach(({ name, position }) => tables.keepPosition(name, position)), { throwsBeforeChanges: true });
      for (const { kept, position } of due) {
        kept.position = position;
        kept.worked = false;
      }
    } catch (error) {
      logger.warn({ error: textOf(error) }, 'cannot keep the positions of the consumers');
    }
  }
}
