import type { BusEvent, Consumer } from '../port';
import { HAPPENED, keyOf, numberOf } from './happenings';

/** A consumer that keeps what it was given, and behaves as a test tells it to. */
export class RecordingConsumer implements Consumer {
  readonly seen: BusEvent[] = [];
  running = 0;
  mostRunning = 0;
  /** Runs before an event counts as handled. */
  behave: (event: BusEvent) => Promise<void> | void = () => undefined;

  constructor(
    readonly name: string,
    readonly types: readonly string[] = [HAPPENED],
  ) {}

  async handle(event: BusEvent): Promise<void> {
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    try {
      await this.behave(event);
      this.seen.push(event);
    } finally {
      this.running--;
    }
  }

  /** The numbers handled for a key, in order. */
  of(key: string): readonly number[] {
    return this.seen.filter((event) => keyOf(event) === key).map(numberOf);
  }
}

/** Does not resolve before it is opened. */
export class Gate {
  private release: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  open(): void {
    this.release();
  }
}
