/** Milliseconds since the Unix epoch. */
export type EpochMs = number;

/** The only source of time. Production reads the machine's clock, tests move a virtual one. */
export interface Clock {
  now(): EpochMs;
  /** Calls back once, at or after `at`. The returned function cancels it. Does not keep the process alive. */
  wakeAt(at: EpochMs, callback: () => void): () => void;
}

/** Node's timers fire at once beyond this delay. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt(at, callback) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const delay = Math.max(0, at - Date.now());
      timer = delay > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(callback, delay);
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` of the clock's time, or rejects with the signal's reason. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const cancel = clock.wakeAt(clock.now() + ms, () => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    });
    const aborted = () => {
      cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

let lastAt = Number.NaN;
let lastTimestamp = '';

/** RFC 3339 in UTC with milliseconds. */
export function toTimestamp(at: EpochMs): string {
  if (at !== lastAt) {
    lastTimestamp = new Date(at).toISOString();
    lastAt = at;
  }
  return lastTimestamp;
}
