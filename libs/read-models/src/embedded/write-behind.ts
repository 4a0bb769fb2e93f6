import type { GenerationWrite } from '../projection-store';
import { type StagedDocument, StagedDocuments } from './staged-documents';

/** Long beside a purchase, whose documents change a dozen times; short beside what a crash may cost to read again. */
const WRITE_AFTER_MS = 100;
/** So many documents are not kept waiting, and no more of them are taken while those before are being written. */
const WRITE_AT = 500;
const RETRY_AFTER_MS = 1_000;

const NONE: ReadonlyMap<string, StagedDocument> = new Map();

/**
 * Holds writes back for a moment, so that a document that changes again and again is written once. Real time on
 * purpose: it groups writes and decides nothing.
 */
export class WriteBehind {
  private collecting = new StagedDocuments();
  private writing: StagedDocuments | undefined;
  private underWay: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private hasFailed = false;

  /** `write` makes them durable, all or nothing. */
  constructor(private readonly write: (staged: StagedDocuments) => Promise<void>) {}

  /** What is not in the file yet, as far as one knows. */
  find(generation: number, id: string): StagedDocument | undefined {
    return this.collecting.find(generation, id) ?? this.writing?.find(generation, id);
  }

  /** All that is not in the file yet, as far as one knows. */
  documentsOf(generation: number): ReadonlyMap<string, StagedDocument> {
    const collecting = this.collecting.generations.get(generation)?.documents ?? NONE;
    const writing = this.writing?.generations.get(generation)?.documents ?? NONE;
    return writing.size === 0 ? collecting : collecting.size === 0 ? writing : new Map([...writing, ...collecting]);
  }

  positionOf(generation: number): number | undefined {
    return this.collecting.positionOf(generation) ?? this.writing?.positionOf(generation);
  }

  /**
   * Resolves when the writes are taken: at once, unless too much is waiting. Rejects, with none of them taken, when a
   * document cannot be stored, and when what was taken earlier is too much and cannot be written.
   */
  async add(writes: readonly GenerationWrite[]): Promise<void> {
    if (this.collecting.size >= WRITE_AT) await this.makeRoom();
    this.collecting.add(writes);
    if (this.collecting.size >= WRITE_AT && this.underWay === undefined) this.begin().catch(() => undefined);
    else this.writeAfter(WRITE_AFTER_MS);
  }

  /** Resolves when all that was taken before the call is in the file. */
  async flush(): Promise<void> {
    while (this.underWay !== undefined) await this.underWay.catch(() => undefined);
    if (!this.collecting.isEmpty) await this.begin();
  }

  private async makeRoom(): Promise<void> {
    if (this.hasFailed) return this.flush();
    await this.underWay;
    if (this.underWay === undefined) this.begin().catch(() => undefined);
  }

  /** Nothing is written any more by itself. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private begin(): Promise<void> {
    this.stop();
    const staged = this.collecting;
    this.collecting = new StagedDocuments();
    this.writing = staged;
    this.underWay = this.finish(staged);
    return this.underWay;
  }

  private async finish(staged: StagedDocuments): Promise<void> {
    try {
      await this.write(staged);
      this.hasFailed = false;
    } catch (error) {
      this.hasFailed = true;
      this.collecting.addEarlier(staged);
      this.stop();
      this.writeAfter(RETRY_AFTER_MS);
      throw error;
    } finally {
      this.writing = undefined;
      this.underWay = undefined;
    }
  }

  private writeAfter(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush().catch(() => undefined);
    }, ms).unref();
  }
}
