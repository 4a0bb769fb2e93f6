import type { Translator } from '@tillroll/event-bus';
import type { RecordedEvent } from '@tillroll/event-store';
import type { Violation } from './violation';

/** Checks invariant 7 event by event: revisions without gaps, and every event published. */
export class StreamOrder {
  private readonly revisions = new Map<string, number>();
  readonly violations: Violation[] = [];

  constructor(private readonly translator: Pick<Translator, 'typeOf'>) {}

  add(event: RecordedEvent): void {
    const { streamId, revision, type } = event;
    const before = this.revisions.get(streamId);
    this.revisions.set(streamId, revision);
    if (before !== undefined && revision !== before + 1) this.report(`revision ${revision} follows ${before}`, streamId);
    if (this.translator.typeOf(event) === undefined) this.report(`${type} is not published`, streamId);
  }

  private report(message: string, streamId: string): void {
    this.violations.push({ invariant: 7, message, streams: [streamId] });
  }
}
