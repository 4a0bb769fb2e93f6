import { startShop, type RunningShop } from '@tillroll/shop/start-shop';
import { type Clock, type EpochMs, systemClock } from '@tillroll/kernel';
import { readSettings } from '@tillroll/settings';
import { ADMIN, ShopClient } from './shop-client';
import { temporaryDataDirectory } from './shop-process';

/** The whole shop inside the test's own process, on time that can be put forward. */
export interface ShopInProcess {
  readonly client: ShopClient;
  readonly admin: ShopClient;
  /** The present application: another one after {@link restart}. */
  app(): RunningShop['app'];
  /** The clock jumps, and whatever waited for a time that is now past is woken. */
  putForward(ms: number): void;
  /** The machine's clock is set: nothing that waits is woken earlier or later for it, as with a machine's timers. */
  setBack(ms: number): void;
  now(): EpochMs;
  /** Stops it and starts it again on the same data. Clients of before keep their tokens, not their address. */
  restart(): Promise<ShopInProcess>;
  close(): Promise<void>;
}

/** The machine's clock, put forward. */
class AdvancingClock implements Clock {
  private offset = 0;
  /** Due by the machine's own clock. */
  private readonly alarms = new Set<{ due: EpochMs; readonly callback: () => void; cancel: () => void }>();

  now(): EpochMs {
    return Date.now() + this.offset;
  }

  wakeAt(at: EpochMs, callback: () => void): () => void {
    const wake = () => {
      this.alarms.delete(alarm);
      callback();
    };
    const due = at - this.offset;
    const alarm = { due, callback: wake, cancel: systemClock.wakeAt(due, wake) };
    this.alarms.add(alarm);
    return () => {
      alarm.cancel();
      this.alarms.delete(alarm);
    };
  }

  putForward(ms: number): void {
    this.offset += ms;
    for (const alarm of [...this.alarms]) {
      alarm.cancel();
      alarm.due -= ms;
      alarm.cancel = systemClock.wakeAt(alarm.due, alarm.callback);
    }
  }

  setBack(ms: number): void {
    this.offset -= ms;
  }
}

export async function startShopInProcess(settings: Readonly<Record<string, string>> = {}): Promise<ShopInProcess> {
  const directory = temporaryDataDirectory();
  const clock = new AdvancingClock();
  const environment = {
    DATA_DIR: directory.path, PORT: '0', DEMO: 'off', RATE_LIMIT: 'off', LOG_LEVEL: 'error', LOG_FORMAT: 'json',
    ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, ...settings,
  };

  async function start(): Promise<ShopInProcess> {
    const shop = await startShop({ settings: readSettings(environment), clock });
    const client = new ShopClient(shop.url);
    return {
      client,
      admin: await client.signIn(ADMIN.email, ADMIN.password),
      app: () => shop.app,
      now: () => clock.now(),
      putForward: (ms) => clock.putForward(ms),
      setBack: (ms) => clock.setBack(ms),
      async restart() {
        await shop.stop();
        return start();
      },
      async close() {
        await shop.stop();
        directory.remove();
      },
    };
  }

  return start();
}
