import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { ConsumerRecords, ParkedRow } from '../consumers/consumer-records';
import { KeyLanes, textOf } from '../consumers/key-lanes';
import type { Arrived, Held } from '../consumers/lane';
import { Parking } from '../consumers/parking';
import { delayAfter, type Retry } from '../consumers/retry';
import { storedEvent } from '../consumers/stored-event';
import type { BusLogger } from '../logger';
import type { BusEvent, Consumer } from '../port';
import type { Translator } from '../translate';
import { assignerWith, type Membership } from './client-patches';
import { eventOf, placeOf, typeOf } from './kafka-message';
import { OffsetCommits } from './offset-commits';
import { PartitionIntake } from './partition-intake';

export interface GroupConsumerOptions {
  readonly consumer: Consumer;
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly instanceId?: string;
  readonly records: ConsumerRecords;
  readonly store: EventStore;
  readonly translator: Translator;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: BusLogger;
  readonly retry: Retry;
  readonly inFlight: number;
  readonly mostHeld: number;
  readonly handlerTimeoutMs: number;
  readonly drainMs: number;
  readonly sessionMs: number;
  readonly fetchWaitMs: number;
  readonly commitEveryMs: number;
  /** The consumer may have come further. */
  readonly progressed: () => void;
}

/** An event on its way to the handler. Without the event it is read from the event store, or cannot be read at all. */
interface Delivered extends Arrived {
  readonly intake: PartitionIntake | undefined;
  readonly event: BusEvent | undefined;
  readonly stored?: RecordedEvent;
  readonly notThere?: string;
}

/** What this process has of the consumer's partitions between two rebalances. */
interface Assignment {
  readonly membership: Membership;
  readonly intakes: ReadonlyMap<string, PartitionIntake>;
  readonly lanes: KeyLanes<Delivered>;
  /** Given up before: not handled although they come again. */
  readonly discarded: ReadonlySet<string>;
  held: number;
  isOver: boolean;
}

/** How long a partition may hold up the next fetch before it is paused. */
const PAUSE_AFTER_MS = 100;
/** How long to wait before the records are read again. */
const READ_AGAIN_MS = 200;
const REJOIN: Retry = { attempts: Number.POSITIVE_INFINITY, backoffMs: 200, longestMs: 10_000 };
/** A member that lasted so long was well. */
const WELL_AFTER_MS = 60_000;
const CLOSE_WITHIN_MS = 5_000;
const PARTITIONS_AT_ONCE = 16;

const intakeKey = (topic: string, partition: number): string => `${topic}/${partition}`;
const discardedKey = (subject: string, sequence: number, position: number): string => `${sequence}@${position}@${subject}`;

/** One consumer as a member of its group: joins, takes, hands to the lanes, commits, and comes back whatever happens. */
export class GroupConsumer {
  readonly name: string;
  readonly types: ReadonlySet<string>;
  /** Why it is not in its group; undefined when it is. */
  fault: string | undefined = 'has not joined yet';
  private readonly ending = new AbortController();
  private readonly parking: Parking<Delivered>;
  private readonly commits: OffsetCommits;
  /** Lanes of assignments that are over, with handlers that have not ended. */
  private readonly leftRunning = new Set<KeyLanes<Delivered>>();
  private idleLanes: KeyLanes<Delivered>;
  private assignment: Assignment | undefined;
  private loop: Promise<void> | undefined;
  private isAbandoned = false;

  constructor(private readonly options: GroupConsumerOptions) {
    const { consumer, clock, logger, commitEveryMs, handlerTimeoutMs: timeoutMs } = options;
    this.name = consumer.name;
    this.types = new Set(consumer.types);
    this.idleLanes = this.newLanes();
    this.commits = new OffsetCommits({ consumer: this.name, clock, logger, everyMs: commitEveryMs });
    this.parking = new Parking({
      ...options, consumer: this.name, timeoutMs, signal: this.ending.signal, lanes: () => this.lanes,
      read: (row) => this.read(row),
      handle: (event) => this.handle(event),
      finished: (held) => this.finished(held),
    });
  }

  get topics(): readonly string[] {
    return this.options.topics;
  }

  get groupId(): string {
    return this.options.groupId;
  }

  start(): void {
    this.loop = this.stayInGroup();
  }

  async stop(): Promise<void> {
    this.ending.abort(new Error('the event bus is stopping'));
    await this.loop;
  }

  /** Ends without waiting for handlers and without keeping how far it is. */
  async abandon(): Promise<void> {
    this.isAbandoned = true;
    await this.stop();
  }

  /** The partitions that this process has, and how far it is in each. */
  intakes(): readonly PartitionIntake[] {
    return [...(this.assignment?.intakes.values() ?? [])];
  }

  intake(topic: string, partition: number): PartitionIntake | undefined {
    return this.assignment?.intakes.get(intakeKey(topic, partition));
  }

  retry(subject: string): Promise<void> {
    return this.parking.retry(subject);
  }

  discard(subject: string, reason: string): Promise<void> {
    return this.parking.discard(subject, reason);
  }

  private get lanes(): KeyLanes<Delivered> {
    return this.assignment?.lanes ?? this.idleLanes;
  }

  private async stayInGroup(): Promise<void> {
    const { clock, logger, random } = this.options;
    const { signal } = this.ending;
    for (let failures = 1; !signal.aborted; failures++) {
      const began = clock.now();
      const error = await this.beMember();
      if (signal.aborted) return;
      this.fault = textOf(error);
      if (clock.now() - began > WELL_AFTER_MS) failures = 1;
      logger.warn({ consumer: this.name, error: this.fault }, 'the consumer is out of its group, and joins again');
      await sleep(clock, delayAfter(failures, REJOIN, random()), signal).catch(() => undefined);
    }
  }

  /** Resolves when the membership has ended, with the reason. */
  private async beMember(): Promise<unknown> {
    const client = this.newClient();
    const { signal } = this.ending;
    try {
      const crashed = new Promise<unknown>((resolve) => client.on('consumer.crash', ({ payload }) => resolve(payload.error)));
      const ended = new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));
      return await Promise.race([this.join(client).then(() => crashed), ended]);
    } catch (error) {
      return error;
    } finally {
      await this.endAssignment();
      await this.withinTime(client.disconnect());
    }
  }

  /** A stop does not wait for brokers that do not answer; what was begun ends by itself when they do. */
  private async join(client: KafkaConsumer): Promise<void> {
    const { signal } = this.ending;
    await client.connect();
    if (!signal.aborted) await client.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    if (!signal.aborted)
      await client.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.take(client, payload),
      });
    if (signal.aborted) await client.disconnect();
  }

  private newClient(): KafkaConsumer {
    const { kafka, groupId, sessionMs, fetchWaitMs, instanceId } = this.options;
    const assigner = assignerWith({
      leaving: () => this.endAssignment(),
      joined: (membership) => this.beginAssignment(membership),
      ...(instanceId === undefined ? undefined : { instanceId }),
    });
    return kafka.consumer({
      groupId,
      partitionAssigners: [assigner],
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.floor(sessionMs / 4),
      maxWaitTimeInMs: fetchWaitMs,
      maxBytesPerPartition: 512 * 1024,
      allowAutoTopicCreation: false,
      // The client would start again by itself, with what it believes to know; a new one is made here instead.
      retry: { retries: 5, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  private newLanes(): KeyLanes<Delivered> {
    const { clock, random, retry, inFlight, handlerTimeoutMs: timeoutMs } = this.options;
    return new KeyLanes({
      clock, random, retry, inFlight, timeoutMs,
      handle: (event) => this.handle(event),
      finished: (held) => this.finished(held),
      exhausted: (lane) => void this.parking.put(lane),
    });
  }

  private async beginAssignment(membership: Membership): Promise<void> {
    const known = await this.readRecords();
    if (known === undefined) return;
    const lanes = this.newLanes();
    for (const { subject, position } of known.parked) lanes.addParked(subject, position);
    const intakes = new Map(membership.assigned.map(({ topic, partition }) => [intakeKey(topic, partition), new PartitionIntake(topic, partition)]));
    this.assignment = { membership, intakes, lanes, discarded: known.discarded, held: 0, isOver: false };
    this.fault = undefined;
    this.options.progressed();
  }

  /** Undefined when the bus stops before they could be read. */
  private async readRecords(): Promise<{ parked: readonly ParkedRow[]; discarded: ReadonlySet<string> } | undefined> {
    const { records, clock, logger } = this.options;
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        const [parked, discarded] = await Promise.all([records.firstOfEach(this.name), records.discarded(this.name)]);
        return { parked, discarded: new Set(discarded.map(({ subject, sequence, position }) => discardedKey(subject, sequence, position))) };
      } catch (error) {
        this.fault = `cannot read what is parked: ${textOf(error)}`;
        logger.warn({ consumer: this.name, error: textOf(error) }, 'cannot read what is parked, trying again');
        await sleep(clock, READ_AGAIN_MS, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Begins nothing more, waits a bounded time for what is in hand, commits. */
  private async endAssignment(): Promise<void> {
    const { assignment } = this;
    if (assignment === undefined || assignment.isOver) return;
    assignment.isOver = true;
    const { lanes, intakes, membership } = assignment;
    this.leftRunning.add(lanes);
    const ended = lanes.stop().then(() => this.leftRunning.delete(lanes));
    if (!this.isAbandoned) {
      await this.withinTime(Promise.all([ended, this.parking.written()]), this.options.drainMs);
      await this.withinTime(this.commits.finish(membership, intakes.values()));
    } else this.commits.giveUp(membership);
    for (const intake of intakes.values()) intake.drop();
    this.idleLanes = this.newLanes();
    this.assignment = undefined;
  }

  private async withinTime(work: Promise<unknown>, ms = CLOSE_WITHIN_MS): Promise<void> {
    const done = new AbortController();
    const late = sleep(this.options.clock, ms, done.signal);
    await Promise.race([work, late]).catch(() => undefined);
    done.abort();
    await late.catch(() => undefined);
  }

  private async take(client: KafkaConsumer, { batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const { assignment } = this;
    const { topic, partition, messages } = batch;
    const intake = assignment?.intakes.get(intakeKey(topic, partition));
    if (assignment === undefined || assignment.isOver || intake?.isEmpty !== true) return;
    const upTo = batch.lastOffset();
    resolveOffset(upTo);
    intake.fill(messages, Number(messages[0]?.offset ?? upTo), Number(upTo));
    this.feed(assignment, intake);
    if (intake.isEmpty) return;
    const room = new AbortController();
    const late = sleep(this.options.clock, PAUSE_AFTER_MS, room.signal).catch(() => undefined);
    await Promise.race([intake.untilEmpty(), late]);
    room.abort();
    if (intake.isEmpty || assignment.isOver) return;
    client.pause([{ topic, partitions: [partition] }]);
    void intake.untilEmpty().then(() => {
      if (this.assignment === assignment && !assignment.isOver) client.resume([{ topic, partitions: [partition] }]);
    });
  }

  /** Hands to the lanes as much as there is room for. */
  private feed(assignment: Assignment, intake: PartitionIntake): void {
    for (let message = intake.peek(); message !== undefined && !assignment.isOver; message = intake.peek()) {
      if (!this.offer(assignment, intake, message)) return;
      intake.advance();
    }
    if (assignment.isOver) return;
    intake.passOver();
    // What is of no interest is committed too: else those who know the group by its commits would see it behind for ever.
    this.commits.soon(assignment.membership, assignment.intakes);
    this.options.progressed();
  }

  /** False when there is no room. */
  private offer(assignment: Assignment, intake: PartitionIntake, message: KafkaMessage): boolean {
    const type = typeOf(message);
    if (type !== undefined && !this.types.has(type)) return true;
    if (!this.hasRoom(assignment, intake)) return false;
    intake.passOver();
    const delivered = this.delivered(intake, message, type);
    const { lanes, discarded } = assignment;
    const { streamId, revision, position } = delivered;
    if (position >= 0) {
      if (intake.recent.add(position)) return true;
      if (discarded.has(discardedKey(streamId, revision, position)) || lanes.wasBeforeParking(delivered)) return true;
    }
    const inHand = intake.completion.begin(Number(message.offset), Math.max(0, position));
    intake.held++;
    assignment.held++;
    const parkedLane = lanes.add(delivered, inHand);
    if (parkedLane !== undefined) void this.parking.put(parkedLane);
    return true;
  }

  /** One partition alone may not take all the room from the others. */
  private hasRoom({ held, intakes }: Assignment, intake: PartitionIntake): boolean {
    const { mostHeld } = this.options;
    return held < mostHeld && (intakes.size === 1 || intake.held * 2 < mostHeld);
  }

  private delivered(intake: PartitionIntake, message: KafkaMessage, type = 'unreadable'): Delivered {
    const place = placeOf(message);
    const offset = Number(message.offset);
    if (place === undefined || type === 'unreadable') {
      const streamId = message.key?.toString() ?? `${intake.topic}/${intake.partition}`;
      const nowhere = -1 - (offset * 1_024 + intake.partition);
      const notThere = `the message at offset ${offset} of ${intake.topic}/${intake.partition} cannot be read`;
      return { intake, streamId, revision: nowhere, position: nowhere, type, event: undefined, notThere };
    }
    const { subject: streamId, sequence: revision, position } = place;
    return { intake, streamId, revision, position, type, event: eventOf(message, type, place) };
  }

  private handle(delivered: Delivered): Promise<void> {
    for (const lanes of this.leftRunning)
      if (lanes !== this.lanes && lanes.of(delivered.streamId)?.state === 'running')
        return lanes.stop().then(() => this.handle(delivered));
    try {
      return delivered.event === undefined ? this.handleStored(delivered) : this.options.consumer.handle(delivered.event);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What is not in the message is in the event store, unless its stream was deleted. */
  private async handleStored(delivered: Delivered): Promise<void> {
    const { store, translator, consumer } = this.options;
    const { streamId: subject, revision: sequence, position, notThere } = delivered;
    if (notThere !== undefined) throw new Error(notThere);
    const stored = delivered.stored ?? (await storedEvent(store, { subject, sequence, position }));
    const event = stored && translator.afresh(stored);
    if (event !== undefined) await consumer.handle(event);
  }

  private async read(row: ParkedRow): Promise<Delivered | undefined> {
    const { subject: streamId, sequence: revision, position } = row;
    const known = { intake: undefined, streamId, revision, position, event: undefined };
    if (position < 0) return { ...known, type: 'unreadable', notThere: row.error.replace(/^Error: /, '') };
    const stored = await storedEvent(this.options.store, row);
    return stored && { ...known, type: stored.type, stored };
  }

  private finished({ event: { intake }, inHand }: Held<Delivered>): void {
    if (intake === undefined) return;
    intake.held--;
    intake.completion.finish(inHand);
    const { assignment } = this;
    if (assignment?.intakes.get(intakeKey(intake.topic, intake.partition)) !== intake) return;
    assignment.held--;
    intake.passOver();
    this.commits.soon(assignment.membership, assignment.intakes);
    if (!assignment.isOver && (assignment.held * 2 <= this.options.mostHeld || !intake.isEmpty)) this.feedAll(assignment);
    this.options.progressed();
  }

  private feedAll(assignment: Assignment): void {
    for (const intake of assignment.intakes.values()) if (!intake.isEmpty) this.feed(assignment, intake);
  }
}
