import type { ReadGate } from '@tillroll/http';
import { type Clock, sleep } from '@tillroll/kernel';
import type { ProjectionRunner } from '@tillroll/processing';
import type { FollowedPositions } from '@tillroll/read-models';

export interface ServiceReadGateOptions {
  readonly head: ReadGate['head'];
  readonly clock: Clock;
  /** How far the documents are while another process writes them. Left out: no other process does. */
  readonly elsewhere?: { readonly positions: FollowedPositions; readonly service: string };
}

const ASK_EVERY_MS = 10;
const ASK_AGAIN_MS = 100;

/** Readers of this process wait here for the documents, whoever writes them. Asks others only while somebody waits. */
export class ServiceReadGate implements ReadGate {
  private here: ProjectionRunner | undefined;
  private seenElsewhere = -1;
  private asking: Promise<void> | undefined;

  constructor(private readonly options: ServiceReadGateOptions) {}

  head(): number | Promise<number> {
    return this.options.head();
  }

  caughtUp(position: number, timeoutMs: number): boolean | Promise<boolean> {
    if (this.here !== undefined) return this.here.caughtUp(position, timeoutMs);
    return position <= this.seenElsewhere ? true : this.waitElsewhere(position, timeoutMs);
  }

  /** From now on this process writes the documents. */
  writtenHere(runner: ProjectionRunner): void {
    this.here = runner;
  }

  writtenElsewhere(): void {
    this.here = undefined;
  }

  private async waitElsewhere(position: number, timeoutMs: number): Promise<boolean> {
    const { clock } = this.options;
    const end = clock.now() + timeoutMs;
    while (position > this.seenElsewhere) {
      const left = end - clock.now();
      if (this.here !== undefined) return this.here.caughtUp(position, Math.max(0, left));
      if (left <= 0) return false;
      await this.askOnce();
    }
    return true;
  }

  /** All who wait share one question. */
  private askOnce(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<void> {
    const { elsewhere, clock } = this.options;
    const before = this.seenElsewhere;
    let pauseMs = ASK_EVERY_MS;
    try {
      if (elsewhere !== undefined) this.seenElsewhere = Math.max(before, (await elsewhere.positions.of(elsewhere.service)) ?? before);
    } catch {
      // Out of reach: readers wait as long as they would for slow documents.
      pauseMs = ASK_AGAIN_MS;
    }
    if (this.seenElsewhere === before) await sleep(clock, pauseMs);
  }
}
