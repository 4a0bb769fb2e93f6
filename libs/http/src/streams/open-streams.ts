import type { Clock } from '@tillroll/kernel';

/** Of one caller, and in all. */
const MOST_OF_ONE = 20;
const MOST = 10_000;

/** The streams that are being sent: each ends with its client or with the shop. */
export class OpenStreams {
  private readonly open = new Map<AbortController, string>();
  private stopped = false;

  constructor(
    readonly clock: Clock,
    /** Told when a source throws: the client only sees its stream end. */
    readonly onFailure: (error: unknown) => void,
  ) {}

  /** Opens a stream for somebody, or says that the shop takes no more, or none of theirs. */
  add(owner: string): AbortController | 'full' | 'too_many' {
    if (this.stopped || this.open.size >= MOST) return 'full';
    let count = 0;
    for (const other of this.open.values()) if (other === owner) count++;
    if (count >= MOST_OF_ONE) return 'too_many';
    const controller = new AbortController();
    this.open.set(controller, owner);
    return controller;
  }

  delete(stream: AbortController): void {
    this.open.delete(stream);
  }

  get size(): number {
    return this.open.size;
  }

  /** Ends them all, and lets no new one begin. */
  stop(): void {
    this.stopped = true;
    for (const controller of this.open.keys()) controller.abort();
  }
}
