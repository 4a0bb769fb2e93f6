import { keepDoneBeforeMove } from '@tillroll/event-bus/consumers/skip-what-was-done';
import { IDEMPOTENCY_KEPT_MS } from '@tillroll/http';
import type { EpochMs } from '@tillroll/kernel';
import { SecretDestroyed } from '@tillroll/secrets';
import { MoveRefused } from './move-refused';
import type { Place } from './place';
import type { MovedConsumer, MoveSource } from './source';

export interface MovedSecrets {
  readonly kept: number;
  readonly destroyed: number;
}

const SECRETS_AT_ONCE = 100;

/** Refused while the place has another secret of the same name: then another shop, or this one too early, was started with it. */
export async function moveSecrets(source: Pick<MoveSource, 'secrets'>, place: Place): Promise<MovedSecrets> {
  let [kept, destroyed] = [0, 0];
  const move = async (name: string, value: Buffer | undefined): Promise<void> => {
    if (value === undefined) {
      await place.secrets.destroy(name);
      destroyed++;
      return;
    }
    const there = await place.secrets.putIfAbsent(name, value).catch((error: unknown) => {
      if (error instanceof SecretDestroyed) throw new MoveRefused(`the secret ${name} was destroyed in ${place.name}: begin again with an empty one`);
      throw error;
    });
    if (!there.equals(value)) throw new MoveRefused(`${place.name} has another secret ${name}: begin again with an empty one`);
    kept++;
  };
  let moving: Promise<void>[] = [];
  for (const { name, value } of source.secrets()) {
    moving.push(move(name, value));
    if (moving.length < SECRETS_AT_ONCE) continue;
    await Promise.all(moving);
    moving = [];
  }
  await Promise.all(moving);
  return { kept, destroyed };
}

/** Those that are still remembered. */
export async function moveUses(source: Pick<MoveSource, 'uses'>, place: Place, now: EpochMs): Promise<number> {
  let moved = 0;
  for (const uses of source.uses(now - IDEMPOTENCY_KEPT_MS)) {
    await place.uses.adopt(uses);
    moved += uses.length;
  }
  return moved;
}

/** Where things of the source's log are in the target's. */
export interface PositionMap {
  /** The place behind everything that is up to a position in the source. */
  ofPosition(position: number): number;
  /** Undefined for an event that is not there any more. */
  ofEvent(streamId: string, revision: number): number | undefined;
}

export interface ConsumersMove {
  readonly consumers: readonly MovedConsumer[];
  /** The event types of each consumer of this version. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly contexts: Iterable<string>;
  readonly positions: PositionMap;
  readonly end: number;
}

/**
 * Each consumer goes on behind what it had done, with what it had parked and given up. The relay of a context begins
 * where the slowest of its consumers was.
 */
export async function moveConsumers(place: Place, { consumers, types, contexts, positions, end }: ConsumersMove): Promise<void> {
  for (const { name, position, parked, discarded } of consumers) {
    const at = positions.ofPosition(position);
    for (const event of discarded) {
      const there = positions.ofEvent(event.subject, event.sequence);
      if (there !== undefined) await place.records.discard({ ...event, position: there });
    }
    const rows = parked.flatMap((row) => {
      const there = positions.ofEvent(row.subject, row.sequence);
      return there === undefined ? [] : [{ ...row, position: there }];
    });
    for (const row of rows) await place.records.park([row]);
    if (!(await keepDoneBeforeMove(place.checkpoints, name, at))) throw new MoveRefused(alreadyWorks(place));
    await place.placeConsumer?.({ name, position: at });
  }
  for (const context of contexts) {
    const ofContext = consumers.filter(({ name }) => types.get(name)?.some((type) => type.startsWith(`tillroll.${context}.`)) === true);
    const from = Math.min(end, ...ofContext.map(({ position }) => positions.ofPosition(position)));
    if (!(await place.checkpoints.put(context, from, 0))) throw new MoveRefused(alreadyWorks(place));
  }
}

const alreadyWorks = ({ name }: Place): string => `services already work with ${name}: stop them, and begin again with an empty one`;
