import { schemaIdOf } from '@tillroll/contracts';
import type { BusEvent } from '../port';

/** CloudEvents 1.0 in structured mode (JSON event format), with our extension attributes. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  /** The revision in the stream: rises within a subject, with gaps. */
  readonly sequence: number;
  readonly correlationid: string;
  readonly causationid: string;
  readonly traceparent?: string;
  readonly actor: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const toCloudEvent = (event: BusEvent): CloudEvent => ({
  specversion: '1.0',
  id: event.id,
  source: `/tillroll/${event.context}`,
  type: event.type,
  subject: event.subject,
  time: event.time,
  datacontenttype: 'application/json',
  dataschema: schemaIdOf(event.type),
  sequence: event.sequence,
  correlationid: event.correlationId,
  causationid: event.causationId,
  ...(event.traceparent === undefined ? undefined : { traceparent: event.traceparent }),
  actor: event.actor,
  data: event.data,
});
