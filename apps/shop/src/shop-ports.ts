import type { Provider } from '@nestjs/common';
import { EVENT_BUS, TRANSLATOR } from '@tillroll/event-bus';
import { EVENT_STORE } from '@tillroll/event-store';
import { type Log, LOG, type Metrics, METRICS, READ_GATE, type ReadGate, TOKEN_ISSUER, type TokenIssuer } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { PAYMENT_METHODS } from '@tillroll/order';
import { PAYMENT_GATEWAY, type PaymentGateway } from '@tillroll/payment';
import { AGGREGATES, CLOCK } from '@tillroll/processing';
import { READ_MODELS } from '@tillroll/read-models';
import { testMethods } from '@tillroll/sandbox-gateway';
import { PERSONAL_DATA, SECRETS } from '@tillroll/secrets';
import { SETTINGS, type Settings } from '@tillroll/settings';
import type { Engines } from './embedded-engines';

export interface ShopParts {
  readonly engines: Engines;
  readonly readGate: ReadGate;
  readonly gateway: PaymentGateway;
  readonly tokens: TokenIssuer;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the contexts inject: each port and the adapter that stands behind it in this process. */
export const shopPorts = ({ engines, readGate, gateway, tokens, settings, clock, log, metrics }: ShopParts): readonly Provider[] => [
  { provide: AGGREGATES, useValue: engines.aggregates },
  { provide: EVENT_STORE, useValue: engines.store },
  { provide: EVENT_BUS, useValue: engines.bus },
  { provide: TRANSLATOR, useValue: engines.translator },
  { provide: READ_MODELS, useValue: engines.readModels },
  { provide: READ_GATE, useValue: readGate },
  { provide: SECRETS, useValue: engines.secrets },
  { provide: PERSONAL_DATA, useValue: engines.personalData },
  { provide: PAYMENT_GATEWAY, useValue: gateway },
  { provide: PAYMENT_METHODS, useValue: [...testMethods.keys()] },
  { provide: TOKEN_ISSUER, useValue: tokens },
  { provide: SETTINGS, useValue: settings },
  { provide: CLOCK, useValue: clock },
  { provide: LOG, useValue: log },
  { provide: METRICS, useValue: metrics },
];
