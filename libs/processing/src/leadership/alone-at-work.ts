import { type BusLogger, silentLogger } from '@tillroll/event-bus';
import { type Clock, sleep } from '@tillroll/kernel';
import type { Lead, Leadership, LedWork } from './leadership';
import { LedNames } from './led-names';
import { runOnce } from './run-once';

export interface AloneAtWorkOptions {
  readonly clock: Clock;
  readonly logger?: BusLogger;
}

/** There is no other process, and no other epoch: a restart goes on in it. */
const EPOCH = 1;
const PAUSE_MS = 1_000;

/** The only process leads everything, at once and for ever. */
export function aloneAtWork({ clock, logger = silentLogger }: AloneAtWorkOptions): Leadership {
  const names = new LedNames();
  return {
    lead: (name, work) => names.add(name, () => begin(name, work)),
    stop: () => names.stopAll(),
  };

  function begin(name: string, work: Lead): Omit<LedWork, 'name'> {
    const stopping = new AbortController();
    const { signal } = stopping;
    const ended = goOn();

    async function goOn(): Promise<void> {
      while (!signal.aborted) {
        await runOnce({ name, work, signal, epoch: EPOCH, logger });
        await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
      }
    }

    return {
      get epoch() {
        return signal.aborted ? undefined : EPOCH;
      },
      async stop() {
        stopping.abort(new Error(`${name} was stopped`));
        await ended;
      },
    };
  }
}
