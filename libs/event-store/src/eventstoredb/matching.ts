import type { RecordedEvent } from '../port';

/** Whether an event's stream begins with one of the prefixes; every one does when there are none to ask for. */
export function matching(prefixes: readonly string[] | undefined): (event: RecordedEvent) => boolean {
  return prefixes === undefined ? () => true : ({ streamId }) => prefixes.some((prefix) => streamId.startsWith(prefix));
}
