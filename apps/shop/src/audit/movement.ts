import type { RecordedEvent } from '@tillroll/event-store';
import type { EpochMs } from '@tillroll/kernel';

/** Contexts answer one another within moments; longer silence in the middle of something means that it is stuck. */
export const PATIENCE_MS = 5 * 60_000;

/** Until when more may be expected to follow from the event: at once, or at the time that it announces. */
export function movesUntil({ metadata, data }: RecordedEvent): EpochMs {
  const announced = data['nextCheckAt'] ?? data['nextAttemptAt'];
  const decidedAt = Date.parse(metadata.time);
  return typeof announced === 'string' ? Math.max(decidedAt, Date.parse(announced)) : decidedAt;
}

/** Nothing has happened for so long after that time that nothing more will. */
export const isQuietSince = (until: EpochMs, now: EpochMs): boolean => now - until > PATIENCE_MS;
