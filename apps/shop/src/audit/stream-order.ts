import type { Translator } from '@tillroll/event-bus';
import type { RecordedEvent } from '@tillroll/event-store';
import type { Violation } from './violation';

/** Checks invariant 7 event by event: revisions without gaps, every event published, no command carried out twice. */
export class StreamOrder {
  private readonly last = new Map<string, { readonly revision: number; readonly commandId: string }>();
  readonly violations: Violation[] = [];

  constructor(private readonly translator: Translator) {}

  add(event: RecordedEvent): void {
    const { streamId, revision, type } = event;
    const before = this.last.get(streamId);
    this.last.set(streamId, { revision, commandId: event.metadata.commandId });
    if (before !== undefined && revision !== before.revision + 1) this.report(`revision ${revision} follows ${before.revision}`, streamId);
    if (this.translator.typeOf(event) === undefined) this.report(`${type} is not published`, streamId);
  }

  private report(message: string, streamId: string): void {
    this.violations.push({ invariant: 7, message, streams: [streamId] });
  }
}
