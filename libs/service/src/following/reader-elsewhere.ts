import { type Clock, sleep } from '@tillroll/kernel';
import type { FollowedPositions } from '@tillroll/read-models';

const EVERY_MS = 4_000;

/** While this process does not write the documents itself, tells whoever does that they are read here. The returned function ends it. */
export function readerElsewhere(positions: FollowedPositions, service: string, isWrittenHere: () => boolean, clock: Clock): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const say = async (): Promise<void> => {
    while (!signal.aborted) {
      // Out of reach: so are the documents.
      if (!isWrittenHere()) await positions.attend(service).catch(() => undefined);
      await sleep(clock, EVERY_MS, signal).catch(() => undefined);
    }
  };
  void say();
  return () => stopping.abort(new Error('the process stops'));
}
