/** One event in hand; handed back to {@link CompletionSequence.finish}. */
export interface InHand {
  readonly position: number;
  /** Its place in the log of the event store, where positions are offsets of something else. */
  readonly logPosition: number;
  finished: boolean;
}

/**
 * Where a consumer may resume although its events finish in any order: behind everything below the lowest one
 * that is unfinished. Events begin in rising order of position.
 */
export class CompletionSequence {
  private readonly begun: (InHand | undefined)[] = [];
  private first = 0;
  private finishedInLog = 0;

  constructor(private resumeAfter: number) {}

  /** Everything up to here is finished. Never falls. */
  get position(): number {
    return this.resumeAfter;
  }

  /** The place in the log of the last event that everything before it is finished with; 0 before the first. */
  get logPosition(): number {
    return this.finishedInLog;
  }

  get isIdle(): boolean {
    return this.first === this.begun.length;
  }

  begin(position: number, logPosition = position): InHand {
    const inHand: InHand = { position, logPosition, finished: false };
    this.begun.push(inHand);
    return inHand;
  }

  finish(inHand: InHand): void {
    inHand.finished = true;
    if (this.begun[this.first] !== inHand) return;
    for (let next: InHand | undefined = inHand; next?.finished === true; next = this.begun[this.first]) {
      this.resumeAfter = next.position;
      this.finishedInLog = next.logPosition;
      this.begun[this.first++] = undefined;
    }
    this.compact();
  }

  /** Nothing up to here remains to be begun. Has no effect while events are in hand. */
  sawUpTo(position: number): void {
    if (this.isIdle && position > this.resumeAfter) this.resumeAfter = position;
  }

  private compact(): void {
    if (this.isIdle) {
      this.begun.length = 0;
      this.first = 0;
    } else if (this.first > 1024 && this.first * 2 > this.begun.length) {
      this.begun.splice(0, this.first);
      this.first = 0;
    }
  }
}
