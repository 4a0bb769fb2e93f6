import { publicContracts } from '@tillroll/contracts';
import { type Fault, invalid, OneOf, Optional, readCursor, Text, WholeNumber, writeCursor } from '@tillroll/http';

const CONTEXTS: readonly string[] = [...new Set(publicContracts.map(({ contract }) => contract.context))];
const LONGEST_CURSOR = 1_000;

/** The query parameters of the feed. */
export class FeedQuery {
  @Optional()
  @OneOf(CONTEXTS)
  readonly context?: string;

  @Optional()
  @Text({ max: LONGEST_CURSOR })
  readonly after?: string;

  @Optional()
  @WholeNumber({ min: 1, max: 100 })
  readonly limit?: number;
}

/** Tells this feed's cursors from those of other collections. */
const FEED = 'events';

export const feedCursor = (position: number): string => writeCursor(position, FEED);

/**
 * The position that a cursor stands for. Refuses with `validation_failed` what this feed never gave out;
 * `parameter` says where it came from.
 */
export function positionOf(cursor: string, head: number, parameter: string): number {
  const fault: Fault = { parameter, code: 'malformed', message: 'must be a cursor of this feed' };
  const { value, id } = readCursor(cursor) ?? {};
  const isOurs = id === FEED && typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= head;
  return isOurs ? value : invalid(fault);
}
