import { type EventStore, isMarkOfMove, type LogDigest } from '@tillroll/event-store';
import { MoveRefused } from './move-refused';

const SHOWN = 5;

/** Compares stream by stream; refuses with the streams that are not the same. */
export function refuseOtherLog(source: LogDigest, target: LogDigest): void {
  const wrong: string[] = [];
  for (const [name, stream] of source.streams) {
    const moved = target.streams.get(name);
    if (moved === undefined) wrong.push(`${name} is missing`);
    else if (moved.events !== stream.events) wrong.push(`${name} has ${moved.events} events instead of ${stream.events}`);
    else if (moved.digest !== stream.digest || moved.first !== stream.first || moved.last !== stream.last) wrong.push(`${name} has other content`);
  }
  for (const name of target.streams.keys()) if (!source.streams.has(name)) wrong.push(`${name} is not in the source`);
  if (wrong.length === 0) return;
  const more = wrong.length > SHOWN ? `; and ${wrong.length - SHOWN} more` : '';
  throw new MoveRefused(`the target is not what was moved: ${wrong.slice(0, SHOWN).join('; ')}${more}. Take an empty target, and move again`);
}

/**
 * Whether the target's log has the order of the source's. Where appends were repeated it may not; refuses when an event
 * then stands before the one that caused it.
 */
export async function sameOrder(source: EventStore, target: EventStore, before: LogDigest, after: LogDigest): Promise<boolean> {
  if (before.order === after.order) return true;
  const known = new Set<string>();
  for await (const { events } of source.readAll({ after: 0 })) for (const { id } of events) known.add(id);
  for await (const { events } of target.readAll({ after: 0 }))
    for (const event of events) {
      known.delete(event.id);
      if (!isMarkOfMove(event) && known.has(event.metadata.causationId))
        throw new MoveRefused(`in the target the event ${event.id} of ${event.streamId} stands before the one that caused it. Take an empty target, and move again`);
    }
  return false;
}
