import type { Translator } from '@tillroll/event-bus';
import { copyEmptiedStream, copyLog, type EventStore, type RecordedEvent } from '@tillroll/event-store';
import type { Clock } from '@tillroll/kernel';
import type { AuditReport } from '../audit/audit-store';
import { type Marker, markBegun, markFinished, markerStream, type MoveDescription, readMarker, sourceIdOf } from './marker';
import { MoveRefused } from './move-refused';
import { moveConsumers, type MovedSecrets, moveSecrets, moveUses, type PositionMap } from './move-rest';
import type { Place } from './place';
import { CountsAtPositions, PositionsAtCounts } from './positions';
import { type Progress, silentProgress } from './progress';
import type { MoveSource } from './source';
import { auditLog, type LogSurvey, surveyLog } from './survey';
import { refuseOtherLog, sameOrder } from './verify';

export interface MoveOptions {
  readonly source: MoveSource;
  readonly target: { readonly name: string; readonly store: EventStore };
  /** Opened when the events are there; none in a dry run. */
  readonly places: () => Promise<readonly Place[]>;
  readonly placeNames: readonly string[];
  readonly translator: Translator;
  /** The event types of each consumer of this version. */
  readonly consumers: ReadonlyMap<string, readonly string[]>;
  readonly clock: Clock;
  readonly dryRun?: boolean;
  readonly progress?: Progress;
  /** How long a target that cannot be reached is asked again. Default: 2 min. */
  readonly patienceMs?: number;
}

export interface MoveResult {
  readonly outcome: 'moved' | 'already_moved' | 'would_move';
  /** When it was finished, RFC 3339 UTC. */
  readonly finished?: string;
  readonly source: { readonly id: string; readonly directory: string; readonly events: number; readonly streams: number; readonly digest: string };
  readonly target: { readonly name: string; readonly events: number; readonly streams: number };
  /** What was written now; in a dry run, what would be. */
  readonly copied: number;
  readonly copyMs: number;
  readonly sameOrder: boolean;
  readonly places: readonly { readonly name: string; readonly secrets: MovedSecrets; readonly uses: number }[];
  readonly consumers: readonly { readonly name: string; readonly behind: number; readonly parked: number; readonly discarded: number }[];
  readonly audit: { readonly source: AuditCounts; readonly target?: AuditCounts };
}

export interface AuditCounts {
  readonly events: number;
  readonly violations: number;
  /** How many things were looked at for each invariant. */
  readonly checked: Readonly<Record<number, number>>;
}

const PATIENCE_MS = 120_000;

interface SurveyedSource extends LogSurvey {
  readonly audit: AuditReport;
  readonly first: RecordedEvent;
  readonly counts: CountsAtPositions;
}

/**
 * Moves a shop: copies its events, reads them back and compares, then moves what does not follow from events. Repeated
 * after any end it goes on; once done, it changes nothing. Nothing is changed in the source. Rejects with `MoveRefused`
 * when the target is in use, or is not what it should be.
 */
export async function moveShop(options: MoveOptions): Promise<MoveResult> {
  const { source, target, translator, clock, progress = silentProgress } = options;
  const from = await surveySource(source, translator, progress);
  const id = sourceIdOf(from.first);
  const description: MoveDescription = {
    source: id,
    from: source.directory,
    places: options.placeNames,
    events: from.digest.events,
    streams: from.digest.streams.size,
    digest: from.digest.whole,
  };
  const reading = progress.begin('reading the target');
  const there = await surveyLog({ log: target.store, onProgress: (events, streams) => reading.at(events, streams) });
  reading.end();
  const marker = await readMarker(target.store, id);
  refuseOthers(target.name, there, marker, description);
  if (marker.finished === undefined) refuseGoneOn(target.name, from, there);

  const result = {
    source: { id, directory: source.directory, events: description.events, streams: description.streams, digest: description.digest },
    consumers: source.consumers.map(({ name, position, parked, discarded }) => ({
      name, behind: from.digest.events - from.counts.upTo(position), parked: parked.length, discarded: discarded.length,
    })),
  };
  const missing = description.events - there.digest.events;
  if (marker.finished !== undefined || options.dryRun === true) {
    return {
      ...result,
      outcome: marker.finished === undefined ? 'would_move' : 'already_moved',
      ...(marker.finished === undefined ? {} : { finished: marker.finished }),
      target: { name: target.name, events: there.digest.events, streams: there.digest.streams.size },
      copied: marker.finished === undefined ? missing : 0,
      copyMs: 0,
      sameOrder: there.digest.order === from.digest.order,
      places: [],
      audit: { source: countsOf(from.audit) },
    };
  }

  await markBegun(target.store, description, clock.now());
  const copyMs = await copy(options, from, there);
  const moved = await surveyTarget(options, from);
  refuseOtherLog(from.digest, moved.digest);
  const inSameOrder = await sameOrder(source.store, target.store, from.digest, moved.digest);
  const places = await moveRest(options, moved.positions, moved.end);
  refuseOtherAudit(from.audit, moved.audit);
  await markFinished(target.store, description, clock.now());
  return {
    ...result,
    outcome: 'moved',
    target: { name: target.name, events: moved.digest.events, streams: moved.digest.streams.size },
    copied: missing,
    copyMs,
    sameOrder: inSameOrder,
    places,
    audit: { source: countsOf(from.audit), target: countsOf(moved.audit) },
  };
}

async function surveySource(source: MoveSource, translator: Translator, progress: Progress): Promise<SurveyedSource> {
  const counts = new CountsAtPositions(source.consumers.map(({ position }) => position));
  let first: RecordedEvent | undefined;
  const reading = progress.begin('reading and checking the source');
  const surveyed = await auditLog({
    log: source.store,
    translator,
    onEvent(event) {
      first ??= event;
      counts.add(event.position);
    },
    onProgress: (events, streams) => reading.at(events, streams),
  });
  reading.end();
  if (first === undefined) throw new MoveRefused(`there are no events in ${source.directory}: there is nothing to move`);
  return { ...surveyed, first, counts };
}

function refuseOthers(target: string, there: LogSurvey, { begun }: Marker, description: MoveDescription): void {
  const streams = there.digest.streams.size;
  const others = [...there.moves].filter((stream) => stream !== markerStream(description.source));
  if (others.length > 0) throw new MoveRefused(`${target} belongs to the move of another shop (${others.join(', ')}): take an empty one`);
  if (begun === undefined) {
    if (streams > 0) throw new MoveRefused(`${target} is not empty: it has ${streams} streams, and none of them tells of a move of this shop; take an empty one`);
    return;
  }
  if (begun.digest !== description.digest)
    throw new MoveRefused(
      `the shop in ${description.from} has changed since its move to ${target} began (${begun.events} events then, ${description.events} now): to move it as it is now, take an empty target`,
    );
  if (begun.places.join() !== description.places.join())
    throw new MoveRefused(`the move to ${target} was begun with ${begun.places.join(' and ')} for what is not an event, not with ${description.places.join(' and ')}`);
}

/** Something else has written to the target since the move was cut off. */
function refuseGoneOn(target: string, from: LogSurvey, there: LogSurvey): void {
  for (const [name, { last }] of there.digest.streams)
    if (last > (from.digest.streams.get(name)?.last ?? -1))
      throw new MoveRefused(`${target} was written to before the move was done (${name} has events that the source has not): take an empty one`);
}

async function copy({ source, target, clock, progress = silentProgress, patienceMs = PATIENCE_MS }: MoveOptions, from: SurveyedSource, there: LogSurvey): Promise<number> {
  const begun = clock.now();
  const copying = progress.begin('copying', from.digest.events - there.digest.events);
  let written = 0;
  await copyLog({
    source: source.store,
    target: target.store,
    clock,
    present: there.digest.streams,
    barriers: source.consumers.map(({ position }) => position).toSorted((a, b) => a - b),
    patienceMs,
    onWritten: (events, streams) => copying.at((written += events), streams),
  });
  for (const stream of source.emptied) await copyEmptiedStream(target.store, stream, from.first.metadata);
  copying.end();
  return clock.now() - begun;
}

type SurveyedTarget = LogSurvey & { readonly audit: AuditReport; readonly positions: PositionMap; readonly end: number };

async function surveyTarget({ source, target, translator, progress = silentProgress }: MoveOptions, from: SurveyedSource): Promise<SurveyedTarget> {
  const places = new PositionsAtCounts(source.consumers.map(({ position }) => from.counts.upTo(position)));
  const left = source.consumers.flatMap(({ parked, discarded }) => [...parked, ...discarded]);
  const wanted = new Map<string, number | undefined>(left.map(({ subject, sequence }) => [`${subject} ${sequence}`, undefined]));
  const checking = progress.begin('reading the target back', from.digest.events);
  const surveyed = await auditLog({
    log: target.store,
    translator,
    onEvent({ streamId, revision, position }) {
      places.add(position);
      const name = `${streamId} ${revision}`;
      if (wanted.size > 0 && wanted.has(name)) wanted.set(name, position);
    },
    onProgress: (events, streams) => checking.at(events, streams),
  });
  checking.end();
  const positions: PositionMap = {
    ofPosition: (position) => places.behind(from.counts.upTo(position)),
    ofEvent: (streamId, revision) => wanted.get(`${streamId} ${revision}`),
  };
  return { ...surveyed, positions, end: places.behind(from.digest.events) };
}

async function moveRest(options: MoveOptions, positions: PositionMap, end: number): Promise<MoveResult['places']> {
  const { source, translator, consumers: types, clock, progress = silentProgress } = options;
  const moved: MoveResult['places'][number][] = [];
  for (const place of await options.places()) {
    const part = progress.begin(`secrets, keys and positions to ${place.name}`);
    const secrets = await moveSecrets(source, place);
    const uses = await moveUses(source, place, clock.now());
    await moveConsumers(place, { consumers: source.consumers, types, contexts: translator.contexts.keys(), positions, end });
    part.end();
    moved.push({ name: place.name, secrets, uses });
  }
  return moved;
}

function refuseOtherAudit(before: AuditReport, after: AuditReport): void {
  const [source, target] = [countsOf(before), countsOf(after)];
  if (JSON.stringify(source) !== JSON.stringify(target))
    throw new MoveRefused(`the audit of the target found something else than that of the source: ${JSON.stringify(target)}, not ${JSON.stringify(source)}`);
}

const countsOf = ({ events, violations, invariants }: AuditReport): AuditCounts => ({
  events,
  violations,
  checked: Object.fromEntries(invariants.map(({ invariant, checked }) => [invariant, checked])),
});
