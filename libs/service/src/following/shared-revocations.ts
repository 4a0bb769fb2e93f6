import { Revocations } from '@tillroll/customer/http/revocations';
import type { Log, RevokedCustomers } from '@tillroll/http';
import { type Clock, sleep } from '@tillroll/kernel';
import type { ReadModels } from '@tillroll/read-models';

export interface SharedRevocations extends RevokedCustomers {
  revoke(customerId: string): void;
}

const READ_AGAIN_MS = 60_000;
const TRY_AGAIN_MS = 1_000;

/**
 * Whose tokens have ended, in a process without the accounts: what the customer service has written down, read now and
 * then, and what this process is told of meanwhile.
 */
export function sharedRevocations({ readModels, clock, log, closing }: { readonly readModels: ReadModels; readonly clock: Clock; readonly log: Log; readonly closing: AsyncDisposableStack }): SharedRevocations {
  const revocations = new Revocations(readModels, clock);
  const stopping = new AbortController();
  const { signal } = stopping;

  async function keepReading(): Promise<void> {
    while (!signal.aborted) {
      const wait = await revocations.onApplicationBootstrap().then(
        () => READ_AGAIN_MS,
        (error: unknown) => {
          log.debug({ err: error }, 'the customers whose tokens have ended cannot be read now');
          return TRY_AGAIN_MS;
        },
      );
      await sleep(clock, wait, signal).catch(() => undefined);
    }
  }

  const reading = keepReading();
  closing.defer(async () => {
    stopping.abort(new Error('the process stops'));
    await reading;
  });
  return revocations;
}
