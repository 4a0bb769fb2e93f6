import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { EVENT_BUS, TRANSLATOR } from '@tillroll/event-bus';
import { EVENT_STORE } from '@tillroll/event-store';
import { type Log, LOG, type Metrics, METRICS, READ_GATE, type ReadGate, TOKEN_ISSUER, type TokenIssuer } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, CLOCK } from '@tillroll/processing';
import { READ_MODELS } from '@tillroll/read-models';
import { PERSONAL_DATA, SECRETS } from '@tillroll/secrets';
import { SETTINGS, type Settings } from '@tillroll/settings';
import type { Engines } from './engines/engines';

export interface ServiceParts {
  readonly engines: Engines;
  readonly readGate: ReadGate;
  readonly tokens: TokenIssuer;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What every context injects: each port and the adapter that stands behind it in this process. */
export const servicePorts = ({ engines, readGate, tokens, settings, clock, log, metrics }: ServiceParts): readonly Provider[] => [
  { provide: AGGREGATES, useValue: engines.aggregates },
  { provide: EVENT_STORE, useValue: engines.store },
  { provide: EVENT_BUS, useValue: engines.bus },
  { provide: TRANSLATOR, useValue: engines.translator },
  { provide: READ_MODELS, useValue: engines.readModels },
  { provide: READ_GATE, useValue: readGate },
  { provide: SECRETS, useValue: engines.secrets },
  { provide: PERSONAL_DATA, useValue: engines.personalData },
  { provide: TOKEN_ISSUER, useValue: tokens },
  { provide: SETTINGS, useValue: settings },
  { provide: CLOCK, useValue: clock },
  { provide: LOG, useValue: log },
  { provide: METRICS, useValue: metrics },
];

@Global()
@Module({})
class PortsModule {
  static of(providers: readonly Provider[]): DynamicModule {
    return { module: PortsModule, providers: [...providers], exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)) };
  }
}

/** One process: the contexts that it runs, whatever else it answers, and the ports for all of them. */
@Module({})
export class ServiceModule {
  static of(ports: readonly Provider[], modules: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: ServiceModule, imports: [PortsModule.of(ports), ...modules] };
  }
}
