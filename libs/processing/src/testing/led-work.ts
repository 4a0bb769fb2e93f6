import type { Lead } from '../leadership/leadership';

/** Work that goes on until its signal aborts, and what was seen of its runs, in whatever process. */
export class RecordedRuns {
  readonly epochs: number[] = [];
  running = 0;
  /** The most at one time. */
  most = 0;

  readonly work: Lead = async (signal, epoch) => {
    this.epochs.push(epoch);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.running -= 1;
  };
}
