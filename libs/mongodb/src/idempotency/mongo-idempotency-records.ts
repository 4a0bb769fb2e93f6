import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '@tillroll/event-store';
import type { Begun, IdempotencyRecords, KeyUse, StoredAnswer } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import type { PersonalData } from '@tillroll/secrets';
import type { Collection } from 'mongodb';
import type { MongoConnection } from '../connection';
import { isDuplicateKey } from '../storage-error';

/** A use as it is kept. */
export interface UseDocument {
  readonly _id: string;
  readonly fingerprint: string;
  readonly begunAt: Date;
  /** Whoever runs it, or has left it open. */
  readonly claim: string;
  /** Set while it runs, as far as anybody knows. */
  readonly claimedAt?: Date;
  /** Sealed with the customer's key. */
  readonly answer?: string;
}

interface Running {
  readonly fingerprint: string;
  readonly claim: string;
  /** Set once answered, while the answer is on its way to the server. */
  answer?: StoredAnswer;
}

export interface MongoIdempotencyOptions {
  readonly connection: MongoConnection;
  readonly personalData: PersonalData;
  readonly clock: Clock;
  /** A request that has no answer after so long has died with its process. Longer than any request takes. Default: 30 s. */
  readonly inFlightMs?: number;
}

export const USES = 'idempotency';
const KEPT_MS = 7 * 24 * 60 * 60_000;
const PURGE_EVERY_MS = 10 * 60_000;
const MOST_ATTEMPTS = 5;

/**
 * Idempotency records in MongoDB, for all instances of a service. Answers may hold addresses, so they are sealed with
 * the caller's key and go with it. That a request has died is told by the clocks of the machines: when they differ, a use may be
 * `new` too early, and its command's own memory finds the first outcome.
 */
export async function openMongoIdempotencyRecords(options: MongoIdempotencyOptions): Promise<MongoIdempotencyRecords> {
  const uses = options.connection.collection<UseDocument>(USES);
  await options.connection.run(() => uses.createIndex({ begunAt: 1 }));
  return new MongoIdempotencyRecords(uses, options);
}

export class MongoIdempotencyRecords implements IdempotencyRecords {
  private readonly running = new Map<string, Running>();
  /** Uses that are being given free: what begins after it waits for it. */
  private readonly ending = new Map<string, Promise<unknown>>();
  private readonly connection: MongoConnection;
  private readonly personalData: PersonalData;
  private readonly clock: Clock;
  private readonly inFlightMs: number;
  private cancelPurge: (() => void) | undefined;

  /** @internal */
  constructor(
    private readonly uses: Collection<UseDocument>,
    { connection, personalData, clock, inFlightMs = 30_000 }: MongoIdempotencyOptions,
  ) {
    this.connection = connection;
    this.personalData = personalData;
    this.clock = clock;
    this.inFlightMs = inFlightMs;
  }

  begin(use: KeyUse): Begun | Promise<Begun> {
    const { id, fingerprint } = use;
    const running = this.running.get(id);
    if (running !== undefined) {
      if (running.fingerprint !== fingerprint) return { state: 'reused' };
      return running.answer === undefined ? { state: 'in_flight' } : { state: 'finished', answer: running.answer };
    }
    const mine: Running = { fingerprint, claim: randomUUID() };
    this.running.set(id, mine);
    const ended = this.ending.get(id) ?? Promise.resolve();
    return this.connection.run(() => ended.then(() => this.beginAs(mine, use))).then(
      (begun) => {
        if (begun.state !== 'new') this.running.delete(id);
        return begun;
      },
      (error: unknown) => {
        this.running.delete(id);
        throw error;
      },
    );
  }

  async finish({ id, customerId }: KeyUse, answer: StoredAnswer): Promise<boolean> {
    const running = this.running.get(id);
    if (running !== undefined) running.answer = answer;
    try {
      const sealed = await this.personalData.seal(customerId, answer);
      await this.connection.run(() => this.uses.updateOne({ _id: id }, { $set: { answer: sealed }, $unset: { claimedAt: '' } }));
      return true;
    } catch (error) {
      // A customer who was forgotten meanwhile has the answer all the same.
      return !(error instanceof StoreUnavailable);
    } finally {
      this.running.delete(id);
    }
  }

  forget({ id }: KeyUse): void {
    this.end(id, () => this.uses.deleteOne({ _id: id }));
  }

  leaveOpen({ id }: KeyUse): void {
    this.end(id, () => this.uses.updateOne({ _id: id }, { $unset: { claimedAt: '' } }));
  }

  /** Resolves when the uses that were given free are so for other processes too. */
  async settled(): Promise<void> {
    await Promise.all(this.ending.values());
  }

  /** Removes what is older than seven days; resolves with how many there were. */
  async purge(): Promise<number> {
    const { deletedCount } = await this.connection.run(() => this.uses.deleteMany({ begunAt: { $lt: new Date(this.clock.now() - KEPT_MS) } }, { timeoutMS: 0 }));
    return deletedCount;
  }

  start(): void {
    this.cancelPurge = this.clock.wakeAt(this.clock.now() + PURGE_EVERY_MS, () => {
      const again = () => this.cancelPurge !== undefined && this.start();
      this.purge().then(again, again);
    });
  }

  stop(): void {
    this.cancelPurge?.();
    this.cancelPurge = undefined;
  }

  private end(id: string, work: () => Promise<unknown>): void {
    this.running.delete(id);
    // When the server is out, the use counts as dead after a while.
    const ended = work().catch(() => undefined);
    this.ending.set(id, ended);
    void ended.then(() => this.ending.get(id) === ended && this.ending.delete(id));
  }

  private async beginAs({ claim, fingerprint }: Running, use: KeyUse): Promise<Begun> {
    const { id: _id } = use;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const now = new Date(this.clock.now());
      if (await this.insert({ _id, fingerprint, begunAt: now, claim, claimedAt: now })) return { state: 'new' };
      const kept = await this.uses.findOne({ _id });
      if (kept === null) continue;
      // The driver may have repeated an insert that was done already.
      if (kept.claim === claim) return { state: 'new' };
      if (now.getTime() - kept.begunAt.getTime() > KEPT_MS) {
        await this.uses.deleteOne({ _id, claim: { $eq: kept.claim } });
        continue;
      }
      if (kept.fingerprint !== fingerprint) return { state: 'reused' };
      const answer = await this.answerIn(kept, use);
      if (answer !== undefined) return { state: 'finished', answer };
      if (kept.claimedAt !== undefined && now.getTime() - kept.claimedAt.getTime() <= this.inFlightMs) return { state: 'in_flight' };
      const { matchedCount } = await this.uses.updateOne({ _id, claim: { $eq: kept.claim } }, { $set: { claim, claimedAt: now }, $unset: { answer: '' } });
      if (matchedCount === 1) return { state: 'new' };
    }
    return { state: 'in_flight' };
  }

  private async insert(document: UseDocument): Promise<boolean> {
    try {
      await this.uses.insertOne(document);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Undefined when there is none, or none that anybody can read any more: the customer is forgotten. */
  private async answerIn({ answer }: UseDocument, { customerId }: KeyUse): Promise<StoredAnswer | undefined> {
    return answer === undefined ? undefined : this.personalData.unseal<StoredAnswer>(customerId, answer);
  }
}
