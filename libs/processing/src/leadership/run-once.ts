import type { BusLogger } from '@tillroll/event-bus';
import type { Lead } from './leadership';

export interface Run {
  readonly name: string;
  readonly work: Lead;
  readonly signal: AbortSignal;
  readonly epoch: number;
  readonly logger: BusLogger;
}

/** Never rejects: a failure is logged, except that of being stopped. */
export async function runOnce({ name, work, signal, epoch, logger }: Run): Promise<void> {
  try {
    await work(signal, epoch);
    if (!signal.aborted) logger.warn({ led: name, epoch }, 'led work ended by itself, and begins again');
  } catch (error) {
    if (!signal.aborted) logger.error({ led: name, epoch, error: String(error) }, 'led work failed, and begins again');
  }
}
