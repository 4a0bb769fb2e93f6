import type { Translator } from '@tillroll/event-bus';
import { type EventStore, isMarkOfMove, LogDigest, MOVES, type RecordedEvent } from '@tillroll/event-store';
import { type AuditReport, auditStore } from '../audit/audit-store';

/** A log without the marks of moves, whose events and streams are only counted. */
export interface LogSurvey {
  readonly digest: LogDigest;
  /** Streams of moves that were found. */
  readonly moves: ReadonlySet<string>;
}

export type Log = Pick<EventStore, 'head' | 'readAll'>;

export interface SurveyOptions {
  readonly log: Log;
  /** Each event that is not a mark of a move, in the order of the log. */
  readonly onEvent?: (event: RecordedEvent) => void;
  /** Events read so far. */
  readonly onProgress?: (events: number, streams: number) => void;
}

/** Reads a whole log once. Rejects with `StoreCorrupted` where bytes are not what was written. */
export async function surveyLog(options: SurveyOptions): Promise<LogSurvey> {
  const { log, survey } = surveyed(options);
  for await (const _ of log.readAll({ after: 0 }));
  return survey;
}

/** Reads a whole log once, and audits it on the way: from the events alone, as of the last one. */
export async function auditLog({ translator, ...options }: SurveyOptions & { readonly translator: Translator }): Promise<LogSurvey & { readonly audit: AuditReport }> {
  const { log, survey } = surveyed(options);
  const audit = await auditStore({ store: log, readModels: { get: async () => undefined, find: async () => [], generations: async () => [] }, translator });
  return { ...survey, audit };
}

/** The log without marks; the survey is complete when it was read to its end. */
function surveyed({ log, onEvent, onProgress }: SurveyOptions): { readonly log: Log; readonly survey: LogSurvey } {
  const digest = new LogDigest();
  const moves = new Set<string>();
  const look = (event: RecordedEvent): boolean => {
    if (isMarkOfMove(event)) {
      if (event.streamId.startsWith(MOVES)) moves.add(event.streamId);
      return false;
    }
    digest.add(event);
    onEvent?.(event);
    return true;
  };
  return {
    survey: { digest, moves },
    log: {
      head: () => log.head(),
      async *readAll(options) {
        for await (const { events, position } of log.readAll(options)) {
          yield { events: events.filter(look), position };
          onProgress?.(digest.events, digest.streams.size);
        }
      },
    },
  };
}
