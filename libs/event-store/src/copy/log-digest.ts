import { hash } from 'node:crypto';
import type { RecordedEvent } from '../port';

export interface StreamDigest {
  /** The revision of its first and of its last event. */
  readonly first: number;
  readonly last: number;
  readonly events: number;
  /** SHA-256 over all its events with their revisions, each chained to the one before. */
  readonly digest: string;
}

/**
 * What a log holds, in a few bytes for each stream: equal digests are equal streams, with ids, types, data, metadata and
 * revisions. Positions are left out: they differ from store to store.
 */
export class LogDigest {
  private readonly byStream = new Map<string, StreamDigest>();
  private chained = '';
  private count = 0;

  add(event: RecordedEvent): void {
    const { streamId, revision, id, type, data, metadata } = event;
    const before = this.byStream.get(streamId);
    const text = `${before?.digest ?? ''} ${revision} ${id} ${type} ${JSON.stringify(data)} ${JSON.stringify(metadata)}`;
    this.byStream.set(streamId, { first: before?.first ?? revision, last: revision, events: (before?.events ?? 0) + 1, digest: sha256(text) });
    this.chained = sha256(`${this.chained} ${id}`);
    this.count++;
  }

  get streams(): ReadonlyMap<string, StreamDigest> {
    return this.byStream;
  }

  get events(): number {
    return this.count;
  }

  /** SHA-256 over the ids in the order of the log. */
  get order(): string {
    return this.chained;
  }

  /** One SHA-256 for everything: the digests of all streams, by name. */
  get whole(): string {
    const names = [...this.byStream.keys()].sort();
    return names.reduce((digest, name) => sha256(`${digest} ${name} ${this.byStream.get(name)?.digest ?? ''}`), '');
  }
}

const sha256 = (text: string): string => hash('sha256', text, 'base64url');
