import type { EventBus } from '@tillroll/event-bus';
import type { EventStore } from '@tillroll/event-store';
import type { VirtualClock } from '@tillroll/testing';
import { setTimeout as realTime } from 'node:timers/promises';

export interface TimekeeperOptions {
  readonly clock: VirtualClock;
  readonly bus: EventBus;
  readonly store: EventStore;
  readonly documentsAt: (position: number) => Promise<boolean>;
  /** No deadline is due. */
  readonly deadlinesMet: () => Promise<boolean>;
}

/** Less than what handlers may take: one that is in the middle of its work when time passes must not be given up. */
const STRIDE_MS = 20_000;
const OVER_A_DAY_MS = 26 * 3_600_000;
/** While somebody waits for something (a retry, a patience), time flows ten times as fast as it really does. */
const TICK_MS = 50;
const REAL_MS = 5;
/** A deadline that is still there after so many looks has been met in vain, and is tried again later. */
const LOOKS_AT_DEADLINES = 10;

/** Lets virtual time pass for a shop whose files and sockets need real time. */
export class Timekeeper {
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: TimekeeperOptions) {}

  /** Stride by stride; what each sets off has its effect before the next one begins. */
  async pass(minutes: number): Promise<void> {
    const end = this.options.clock.now() + minutes * 60_000;
    while (this.options.clock.now() < end) {
      await this.advance(STRIDE_MS);
      await realTime(1);
      await this.untilFollowed(await this.options.store.head());
    }
  }

  /** A day passes in one step, while nothing is under way: what became due meanwhile is met afterwards. */
  async sleepOver(): Promise<void> {
    await this.untilIdle();
    this.options.clock.jumpTo(this.options.clock.now() + OVER_A_DAY_MS);
    await this.pass(2);
  }

  /** Until the promise is settled, time flows, so that nobody waits in vain. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = work.finally(() => (isOver = true));
    while (!isOver) {
      await Promise.race([realTime(REAL_MS), over.catch(() => undefined)]);
      if (!isOver) await this.advance(TICK_MS);
    }
    return over;
  }

  /** Until everybody has followed the log to its end, and nobody has written since. */
  async untilIdle(): Promise<void> {
    for (let position = -1, head = await this.options.store.head(); position !== head; head = await this.options.store.head()) {
      position = head;
      await this.untilFollowed(head);
    }
  }

  private async untilFollowed(position: number): Promise<void> {
    const { bus, documentsAt, deadlinesMet } = this.options;
    const isFollowed = async () => (await bus.status()).every((consumer) => consumer.position >= position) && documentsAt(position);
    for (let looks = 0; !(await isFollowed()) || (looks < LOOKS_AT_DEADLINES && !(await deadlinesMet())); looks++) {
      await realTime(REAL_MS);
      await this.advance(TICK_MS);
    }
  }

  /** One at a time: the clock has one hand. */
  private advance(ms: number): Promise<void> {
    this.turn = this.turn.then(() => this.options.clock.advance(ms));
    return this.turn;
  }
}
