import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import { type Clock, systemClock } from '@tillroll/kernel';
import { Chaos } from './chaos/chaos';
import { type Random, seededRandom } from './chaos/seeded-random';
import { Ledger } from './ledger/ledger';
import { Sandbox } from './sandbox';
import { deliverOverHttp } from './webhooks/webhook-delivery';
import { WebhookSender } from './webhooks/webhook-sender';

export interface SandboxGatewayOptions {
  /** The ledger is kept in its folder `sandbox`, apart from the shop's. */
  readonly dataDirectory: string;
  /** `Authorization: Bearer <key>` of the API. */
  readonly key: string;
  /** How long `card_late_success` takes, in milliseconds. */
  readonly lateMs: number;
  /** Where the merchant is told of what happened; without it nobody is told. */
  readonly webhook?: {
    /** Undefined while it is not known yet; the messages wait. */
    readonly url: () => string | undefined;
    /** `whsec_<base64>` */
    readonly secret: string;
  };
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Told of webhooks that nobody acknowledges. */
  readonly warn?: (message: string) => void;
  /** What chaos draws from; default: seeded at random. */
  readonly random?: Random;
}

/** A running provider without its HTTP routes. */
export interface SandboxGateway {
  readonly sandbox: Sandbox;
  /** Begins to send webhooks and to change intents whose time has come. */
  start(): void;
  /** Ends what {@link start} began; calls are still answered. */
  stop(): Promise<void>;
  /** Finishes the ledger's writes and closes it. */
  close(): Promise<void>;
}

/** Throws what opening the ledger throws, for example while another process has it. */
export function openSandboxGateway(options: SandboxGatewayOptions): SandboxGateway {
  const { dataDirectory, lateMs, webhook, warn = () => undefined, clock = systemClock, random = seededRandom(randomInt(2 ** 32)) } = options;
  const delivery = webhook === undefined ? undefined : deliverOverHttp({ ...webhook, clock });
  const ledger = new Ledger(EmbeddedEngine.open({ directory: join(dataDirectory, 'sandbox') }));
  const chaos = new Chaos(random);
  const sender = delivery === undefined ? undefined : new WebhookSender({ store: ledger, delivery, clock, chaos, warn });
  const sandbox = new Sandbox({ ledger, clock, chaos, lateMs, ...(sender === undefined ? {} : { send: (webhooks) => sender.offer(webhooks) }) });
  return {
    sandbox,
    start() {
      sandbox.start();
      sender?.start();
    },
    async stop() {
      sandbox.stop();
      await sender?.stop();
    },
    close: () => ledger.close(),
  };
}
