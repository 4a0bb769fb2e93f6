import { isUuid } from '@tillroll/kernel';
import type { ExpectedRevision, NewEvent } from './port';

/** Throws a `TypeError` for what no store may be asked to append; for adapters to call before anything is sent. */
export function checkAppend(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): void {
  checkStreamId(streamId);
  if (expected !== 'no_stream' && !(Number.isSafeInteger(expected) && expected >= 0)) throw new TypeError(`not a revision to expect: ${expected}`);
  if (events.length === 0) throw new TypeError(`no events to append to ${streamId}`);
  for (const { id, type, data, metadata } of events) {
    if (typeof id !== 'string' || !isUuid(id)) throw new TypeError(`the id of an event is not a UUID: ${id}`);
    if (typeof type !== 'string' || !isText(type)) throw new TypeError(`not a type of an event: ${JSON.stringify(type)}`);
    if (!isObject(data)) throw new TypeError(`the data of ${type} is not an object`);
    if (!isObject(metadata)) throw new TypeError(`the metadata of ${type} is not an object`);
  }
}

/** A stream id has 1..500 characters, no NUL and no lone surrogate. */
export function checkStreamId(streamId: string): void {
  if (typeof streamId !== 'string' || !isText(streamId) || streamId.length > 500) throw new TypeError(`not a stream id: ${JSON.stringify(streamId)}`);
}

const isText = (text: string): boolean => text !== '' && !text.includes('\0') && text.isWellFormed();

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
