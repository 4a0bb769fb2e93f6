import { EVENT_BUS, type EventBus } from '@tillroll/event-bus';
import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import { READ_GATE, type ReadGate, TOKEN_ISSUER, type TokenIssuer } from '@tillroll/http';
import { uuid7 } from '@tillroll/kernel';
import type { DeadlineDocument, Deadlines } from '@tillroll/processing';
import { deadlineProjectionName } from '@tillroll/processing/deadlines-runner/deadline-projection';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { readSettings } from '@tillroll/settings';
import { deadlines } from '@tillroll/shop/contexts';
import { type RunningShop, startShop } from '@tillroll/shop/start-shop';
import { VirtualClock } from '@tillroll/testing';
import { ShopClient } from '../support/shop-client';
import { temporaryDataDirectory } from '../support/shop-process';
import { Timekeeper } from './timekeeper';

/** Payment windows are short, so that runs are: 10 minutes. */
export const WINDOW_MINUTES = 10;

/** The whole shop in the test's own process, over HTTP, on virtual time. */
export interface ShopInVirtualTime {
  readonly url: string;
  readonly directory: string;
  readonly clock: VirtualClock;
  readonly time: Timekeeper;
  readonly app: RunningShop['app'];
  /** What it has logged as an error. */
  readonly errors: readonly string[];
  /** A client with a token that was made just now. */
  as(customerId: string, roles?: readonly string[]): Promise<ShopClient>;
  close(): Promise<void>;
}

export async function startShopInVirtualTime(): Promise<ShopInVirtualTime> {
  const directory = temporaryDataDirectory();
  const clock = new VirtualClock();
  const errors: string[] = [];
  const settings = readSettings({
    DATA_DIR: directory.path, PORT: '0', DEMO: 'off', RATE_LIMIT: 'off', LOG_LEVEL: 'error', LOG_FORMAT: 'json',
    PAYMENT_WINDOW: `PT${WINDOW_MINUTES}M`, REFUND_RETRY: 'PT10S,PT2M', SANDBOX_LATE_MS: String(4 * 60_000), ADMIN_PASSWORD: 'correct horse battery staple',
  });
  const shop = await startShop({ settings, clock, lines: { write: (line) => void errors.push(line) } });
  const issuer = shop.app.get<TokenIssuer>(TOKEN_ISSUER);
  const gate = shop.app.get<ReadGate>(READ_GATE);
  const documentsAt = async (position: number) => gate.caughtUp(position, 0);
  const readModels = shop.app.get<ReadModels>(READ_MODELS);
  const kinds = deadlines.map((kind) => deadlineProjectionName(shop.app.get<Deadlines>(kind).kind));
  const deadlinesMet = async () => {
    const earliest = await Promise.all(kinds.map((kind) => readModels.find<DeadlineDocument>(kind, { orderBy: 'at', direction: 'ascending', limit: 1 })));
    return earliest.flat().every(({ document }) => document.at > clock.now());
  };
  const time = new Timekeeper({ clock, bus: shop.app.get<EventBus>(EVENT_BUS), store: shop.app.get<EventStore>(EVENT_STORE), documentsAt, deadlinesMet });
  return {
    url: shop.url,
    directory: directory.path,
    clock,
    time,
    app: shop.app,
    errors,
    async as(customerId, roles = []) {
      return new ShopClient(shop.url, (await issuer.issue({ customerId, roles })).accessToken);
    },
    async close() {
      await time.during(shop.stop());
      directory.remove();
    },
  };
}

export const newId = (clock: VirtualClock): string => uuid7(clock.now());
