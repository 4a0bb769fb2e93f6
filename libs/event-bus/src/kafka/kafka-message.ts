import { schemaIdOf } from '@tillroll/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { BusEvent } from '../port';
import type { Outgoing } from '../relay/publisher';

type ValuedMessage = Message & { readonly value: string };

/** CloudEvents 1.0 in binary mode, with our extension attributes; the key is the subject. */
export function publicMessage(event: Outgoing, partition: number): ValuedMessage {
  const headers: IHeaders = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: sourceOf(event.context),
    ce_type: event.type,
    ce_subject: event.subject,
    ce_time: event.time,
    ce_dataschema: schemaIdOf(event.type),
    ce_sequence: String(event.sequence),
    ce_correlationid: event.correlationId,
    ce_causationid: event.causationId,
    ce_actor: event.actor,
    ce_position: String(event.position),
  };
  if (event.traceparent !== undefined) headers['ce_traceparent'] = event.traceparent;
  const isLeftOut = 'leftOut' in event;
  if (isLeftOut) headers['ce_leftout'] = event.leftOut;
  return { key: event.subject, value: isLeftOut ? '{}' : JSON.stringify(event.data), headers, partition };
}

/**
 * CloudEvents 1.0 in structured mode: what a consumer has to know of an event that it may not want is in the headers, and
 * no more, as the client takes a microsecond for each header at both ends.
 */
export function internalMessage(event: Outgoing, partition: number): ValuedMessage {
  const { id, type, context, subject, sequence, position, visibility, time, correlationId, causationId, actor, traceparent } = event;
  const content = 'leftOut' in event ? { leftout: event.leftOut } : { datacontenttype: 'application/json', data: event.data };
  return {
    key: subject,
    headers: { 'content-type': 'application/cloudevents+json', ce_type: type, ce_sequence: String(sequence), ce_position: String(position) },
    value: JSON.stringify({
      specversion: '1.0', id, source: sourceOf(context), type, subject, time, sequence, position, visibility,
      correlationid: correlationId, causationid: causationId, actor, traceparent, ...content,
    }),
    partition,
  };
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
  return sequence === undefined || position === undefined || key === null ? undefined : { subject: key.toString(), sequence, position };
}

/** The event of an internal message; undefined when it is not there, or not as it should be. */
export function eventOf({ value }: KafkaMessage, type: string, { subject, sequence, position }: Place): BusEvent | undefined {
  const content = recordOf(value);
  if (content === undefined) return undefined;
  const { id, source, time, visibility, correlationid: correlationId, causationid: causationId, actor, traceparent, data } = content;
  if (typeof id !== 'string' || typeof source !== 'string' || typeof time !== 'string' || !source.startsWith(SOURCE)) return undefined;
  if (typeof correlationId !== 'string' || typeof causationId !== 'string' || typeof actor !== 'string') return undefined;
  if ((visibility !== 'public' && visibility !== 'internal') || !isRecord(data)) return undefined;
  return {
    id, type, context: source.slice(SOURCE.length), visibility, subject, sequence, position, time, correlationId, causationId, actor,
    ...(typeof traceparent === 'string' ? { traceparent } : undefined), data,
  };
}

const SOURCE = '/tillroll/';
const sourceOf = (context: string): string => `${SOURCE}${context}`;

function textOf(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return Buffer.isBuffer(value) ? value.toString() : typeof value === 'string' ? value : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || !/^\d{1,16}$/.test(text) ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function recordOf(value: Buffer | null): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(value?.toString() ?? '');
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
