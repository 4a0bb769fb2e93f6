/**
 * Work that one process at a time does for all, such as the relay of a context. Whoever leads may not know for a moment
 * that another has taken over - a process that was frozen, for example -, so what led work writes carries its epoch, is
 * guarded, or does no harm twice.
 */
export interface Leadership {
  /**
   * Does the work whenever this process leads `name`, from now on until {@link LedWork.stop}. A process runs it once at
   * a time. Work that ends or throws before its signal aborts is done again after a pause, by whoever leads then.
   * Refuses a name that this process leads or tries to lead already with an `Error`.
   */
  lead(name: string, work: Lead): LedWork;
  /** Stops all that is led. */
  stop(): Promise<void>;
}

/**
 * Ends soon after the signal has aborted: the process leads no more, or is about to, and another may begin.
 * `epoch`: greater than that of every leader of this name before, in other processes too; the same for runs that
 * nobody else can have come between.
 */
export type Lead = (signal: AbortSignal, epoch: number) => Promise<void>;

export interface LedWork {
  readonly name: string;
  /** Set while this process leads. */
  readonly epoch: number | undefined;
  /** Aborts the signal, waits for the work to end and lets another lead. Idempotent. */
  stop(): Promise<void>;
}

/** Injection token of {@link Leadership}. */
export const LEADERSHIP = Symbol('Leadership');
