import { type Appended, type ExpectedRevision, type NewEvent, type RecordedEvent, WrongExpectedRevision } from '../port';
import { AppendCall } from './append-call';
import { OutcomeUnknown } from './append-errors';
import { outcomeOf } from './append-outcome';
import { appendRequest } from './append-request';
import type { Connection } from './connection';
import { proposedEvents } from './proposed-events';
import { readStream } from './stream-reader';

/** Appends until the outcome is known or patience ends. */
export class Appender {
  private readonly call: AppendCall;

  constructor(private readonly connection: Connection) {
    this.call = new AppendCall(connection.client);
  }

  async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const messages = proposedEvents(streamId, events);
    const patience = this.connection.patience();
    for (;;) {
      this.connection.refuseWhenClosed();
      try {
        const response = await this.call.send(appendRequest({ streamId, expected }, messages), this.connection.silenceMs);
        return outcomeOf(response, { streamId, expected });
      } catch (error) {
        if (error instanceof WrongExpectedRevision && expected === 'no_stream') {
          const repeated = await this.appendedBehindDeletion(streamId, events);
          if (repeated !== undefined) return repeated;
        }
        if (!(error instanceof OutcomeUnknown)) throw error;
        // Identically: the same ids and the same expected revision. At any other revision the server would write them again.
        await patience.next(error);
      }
    }
  }

  /** Appends that still wait are rejected. */
  close(): Promise<void> {
    return this.call.close();
  }

  /** The server does not know a repeated append that began a deleted stream anew: it looks at revision 0. */
  private async appendedBehindDeletion(streamId: string, events: readonly NewEvent[]): Promise<Appended | undefined> {
    const found: RecordedEvent[] = [];
    for await (const page of readStream(this.connection, streamId, { limit: events.length })) found.push(...page);
    const last = found.at(-1);
    const isRepeated = found[0]?.revision !== 0 && found.length === events.length && events.every(({ id }, index) => found[index]?.id === id.toLowerCase());
    return isRepeated && last !== undefined ? { revision: last.revision, position: last.position } : undefined;
  }
}
