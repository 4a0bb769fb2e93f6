import { schemaIdOf } from '@tillroll/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { BusEvent } from '../port';
import type { Outgoing } from '../relay/publisher';

type Visibility = BusEvent['visibility'];

/** CloudEvents 1.0 in binary mode, with our extension attributes; the key is the subject. */
export function toMessage(event: Outgoing, partition: number): Message & { readonly value: string } {
  const headers: IHeaders = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: `/tillroll/${event.context}`,
    ce_type: event.type,
    ce_subject: event.subject,
    ce_time: event.time,
    ce_dataschema: schemaIdOf(event.type),
    ce_sequence: String(event.sequence),
    ce_correlationid: event.correlationId,
    ce_causationid: event.causationId,
    ce_actor: event.actor,
    ce_position: String(event.position),
    ce_visibility: event.visibility,
  };
  if (event.traceparent !== undefined) headers['ce_traceparent'] = event.traceparent;
  const isLeftOut = 'leftOut' in event;
  if (isLeftOut) headers['ce_leftout'] = event.leftOut;
  return { key: event.subject, value: isLeftOut ? '{}' : JSON.stringify(event.data), headers, partition };
}

/** Undefined when the message says nothing about its type. */
export const typeOf = ({ headers }: KafkaMessage): string | undefined => textOf(headers, 'ce_type');

export interface Place {
  readonly subject: string;
  readonly sequence: number;
  readonly position: number;
}

/** Where the event is in the event store; undefined when the message does not say it. */
export function placeOf({ key, headers }: KafkaMessage): Place | undefined {
  const sequence = numberOf(textOf(headers, 'ce_sequence'));
  const position = numberOf(textOf(headers, 'ce_position'));
  const subject = textOf(headers, 'ce_subject') ?? key?.toString();
  return sequence === undefined || position === undefined || subject === undefined ? undefined : { subject, sequence, position };
}

/** The event, or why it is not in the message. */
export function eventOf(message: KafkaMessage, type: string, place: Place): BusEvent | { readonly notThere: string } {
  const { headers, value } = message;
  const leftOut = textOf(headers, 'ce_leftout');
  if (leftOut !== undefined) return { notThere: leftOut };
  const [id, source, time] = [textOf(headers, 'ce_id'), textOf(headers, 'ce_source'), textOf(headers, 'ce_time')];
  const [correlationId, causationId] = [textOf(headers, 'ce_correlationid'), textOf(headers, 'ce_causationid')];
  const [actor, visibility] = [textOf(headers, 'ce_actor'), visibilityOf(textOf(headers, 'ce_visibility'))];
  const traceparent = textOf(headers, 'ce_traceparent');
  const context = source?.startsWith('/tillroll/') === true ? source.slice('/tillroll/'.length) : undefined;
  if (id === undefined || context === undefined || time === undefined || correlationId === undefined) return { notThere: 'headers are missing' };
  if (causationId === undefined || actor === undefined || visibility === undefined) return { notThere: 'headers are missing' };
  const data = dataOf(value);
  if (data === undefined) return { notThere: 'the data is not a JSON object' };
  return {
    id, type, context, visibility, ...place, time, correlationId, causationId, actor,
    ...(traceparent === undefined ? undefined : { traceparent }), data,
  };
}

function textOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return Buffer.isBuffer(value) ? value.toString() : typeof value === 'string' ? value : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || !/^\d{1,16}$/.test(text) ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

const visibilityOf = (text: string | undefined): Visibility | undefined => (text === 'public' || text === 'internal' ? text : undefined);

function dataOf(value: Buffer | null): BusEvent['data'] | undefined {
  try {
    const data: unknown = JSON.parse(value?.toString() ?? '');
    return isRecord(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is BusEvent['data'] => typeof value === 'object' && value !== null && !Array.isArray(value);
