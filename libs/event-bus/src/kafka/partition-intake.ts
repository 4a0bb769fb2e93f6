import type { KafkaMessage } from 'kafkajs';
import { CompletionSequence } from '../consumers/completion-sequence';
import { RecentPositions } from './recent-positions';

/** One partition of one consumer for as long as it is assigned: what was fetched, what is in hand, how far it is. */
export class PartitionIntake {
  readonly recent = new RecentPositions();
  /** Events that were handed to the lanes and are not finished. */
  held = 0;
  committed = -1;
  isPaused = false;
  private sequence: CompletionSequence | undefined;
  private fetched: readonly KafkaMessage[] = [];
  private fetchedUpTo = -1;
  private next = 0;
  private emptied: (() => void)[] = [];

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** The offset to resume at: everything before it is finished. Undefined as long as nothing was fetched. */
  get resumeAt(): number | undefined {
    return this.sequence === undefined ? undefined : this.sequence.position + 1;
  }

  get logPosition(): number {
    return this.sequence?.logPosition ?? 0;
  }

  get completion(): CompletionSequence {
    if (this.sequence === undefined) throw new Error(`nothing was fetched of ${this.topic}/${this.partition}`);
    return this.sequence;
  }

  get isEmpty(): boolean {
    return this.next === this.fetched.length;
  }

  /** Takes what was fetched; `upTo` is the last offset of it, with those that are of no interest. */
  fill(messages: readonly KafkaMessage[], from: number, upTo: number): void {
    this.sequence ??= new CompletionSequence(from - 1);
    this.fetched = messages;
    this.next = 0;
    this.fetchedUpTo = upTo;
  }

  peek(): KafkaMessage | undefined {
    return this.fetched[this.next];
  }

  advance(): void {
    this.next++;
    if (!this.isEmpty) return;
    this.fetched = [];
    this.next = 0;
    for (const resolve of this.emptied.splice(0)) resolve();
  }

  /** Resolves when all that was fetched is handed to the lanes. */
  untilEmpty(): Promise<void> {
    return this.isEmpty ? Promise.resolve() : new Promise((resolve) => this.emptied.push(resolve));
  }

  /** Where nothing is in hand, the place to resume moves over what is of no interest. */
  passOver(): void {
    const present = this.peek();
    this.completion.sawUpTo(present === undefined ? this.fetchedUpTo : Number(present.offset) - 1);
  }

  /** Gives up what waits. */
  drop(): void {
    this.next = this.fetched.length;
    for (const resolve of this.emptied.splice(0)) resolve();
  }
}
