import type { RecordedEvent } from '@tillroll/event-store';
import type { BusEvent, Publication, Publications } from './port';

/**
 * From a stored event to the event on the bus. The same stored object is translated once, whoever asks.
 * Undefined for an event that no context publishes; such events are counted in `unpublished`.
 * Throws what a publication throws on data that it cannot read.
 */
export interface Translator {
  (event: RecordedEvent): BusEvent | undefined;
  /** The same, for one who alone asks, as in a replay: nothing is remembered, which costs more than the translation. */
  afresh(event: RecordedEvent): BusEvent | undefined;
  /** The type on the bus, without translating the data; undefined where the translation would be. Counts nothing. */
  typeOf(event: RecordedEvent): string | undefined;
  /** Each context and the prefixes of its streams. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
  /** `<stream prefix>:<stored type>` to how often it was met. Empty in a sound shop. */
  readonly unpublished: ReadonlyMap<string, number>;
}

interface Owner {
  readonly prefix: string;
  readonly context: string;
  readonly events: ReadonlyMap<string, Publication>;
}

/** Throws a `TypeError` when two contexts claim one stream prefix, or when a publication carries another context's type. */
export function createTranslator(publications: readonly Publications[]): Translator {
  const ownersByHead = compile(publications);
  const translated = new WeakMap<RecordedEvent, BusEvent>();
  const unpublished = new Map<string, number>();

  const ownerOf = (streamId: string): Owner | undefined => {
    const candidates = ownersByHead.get(headOf(streamId));
    if (candidates === undefined) return undefined;
    for (const owner of candidates) if (streamId.startsWith(owner.prefix)) return owner;
    return undefined;
  };

  const afresh = (event: RecordedEvent): BusEvent | undefined => {
    const owner = ownerOf(event.streamId);
    const publication = owner?.events.get(event.type);
    if (owner === undefined || publication === undefined) {
      const name = `${owner?.prefix ?? `${headOf(event.streamId)}-`}:${event.type}`;
      unpublished.set(name, (unpublished.get(name) ?? 0) + 1);
      return undefined;
    }
    const { metadata } = event;
    return {
      id: event.id,
      type: publication.type,
      context: owner.context,
      visibility: publication.visibility,
      subject: event.streamId,
      sequence: event.revision,
      position: event.position,
      time: metadata.time,
      correlationId: metadata.correlationId,
      causationId: metadata.causationId,
      actor: metadata.actor,
      ...(metadata.traceparent === undefined ? undefined : { traceparent: metadata.traceparent }),
      data: publication.data(event.data),
    };
  };

  const translate = (event: RecordedEvent): BusEvent | undefined => {
    const known = translated.get(event);
    if (known !== undefined) return known;
    const onBus = afresh(event);
    if (onBus !== undefined) translated.set(event, onBus);
    return onBus;
  };

  return Object.assign(translate, {
    afresh,
    typeOf: (event: RecordedEvent) => ownerOf(event.streamId)?.events.get(event.type)?.type,
    contexts: new Map(publications.map(({ context, prefixes }) => [context, prefixes])),
    unpublished,
  });
}

/** Injection token of the {@link Translator}. */
export const TRANSLATOR = Symbol('Translator');

/** The part before the first '-': `account` of `account-email-…`. */
function headOf(streamId: string): string {
  const dash = streamId.indexOf('-');
  return dash === -1 ? streamId : streamId.slice(0, dash);
}

function compile(publications: readonly Publications[]): ReadonlyMap<string, readonly Owner[]> {
  const owners = publications.flatMap(({ context, prefixes, events }) => {
    const published = new Map(Object.entries(events));
    for (const { type } of published.values())
      if (!type.startsWith(`tillroll.${context}.`)) throw new TypeError(`${type} is not an event of the context ${context}`);
    return prefixes.map((prefix): Owner => ({ prefix, context, events: published }));
  });
  const byHead = new Map<string, Owner[]>();
  for (const owner of owners) {
    const sharing = byHead.get(headOf(owner.prefix)) ?? [];
    const rival = sharing.find(({ prefix }) => prefix === owner.prefix);
    if (rival !== undefined) throw new TypeError(`the streams ${owner.prefix}… are claimed by ${rival.context} and ${owner.context}`);
    sharing.push(owner);
    byHead.set(headOf(owner.prefix), sharing);
  }
  for (const sharing of byHead.values()) sharing.sort((a, b) => b.prefix.length - a.prefix.length);
  return byHead;
}
