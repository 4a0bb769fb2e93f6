import { randomBytes } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EVENT_STORE, type EventStore } from '@tillroll/event-store';
import { type Fault, invalid } from '@tillroll/http';
import { type Clock, sleep, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { SECRETS, type SecretStore } from '@tillroll/secrets';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { isTellable } from '../automation/webhook-types';
import { ALL_ENDPOINTS, endpointsType } from '../notices-types';
import { addressesOf, isPublic, resolveWithSystem } from '../outgoing/public-address';
import { endpointSecretName, shownSecret } from '../outgoing/webhook-channel';

export interface RegisteredEndpoint {
  readonly endpointId: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly secret: string;
}

export class RegisterEndpoint extends Command<RegisteredEndpoint> {
  constructor(
    readonly url: string,
    readonly types: readonly string[],
    readonly cause: Cause,
  ) {
    super();
  }
}

const SECRET_BYTES = 32;
const RESOLVE_MS = 2000;

/** What every resolver has to answer with a loopback address (RFC 6761), whether or not this one does. */
const THIS_MACHINE = /(?:^|\.)localhost\.?$/;

@CommandHandler(RegisterEndpoint)
export class RegisterEndpointHandler implements ICommandHandler<RegisterEndpoint, RegisteredEndpoint> {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SECRETS) private readonly secrets: SecretStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** A repeated request gets the same endpoint, and the same secret. */
  async execute({ url, types, cause }: RegisterEndpoint): Promise<RegisteredEndpoint> {
    const faults = [...(await this.faultsOfUrl(url)), ...faultsOfTypes(types)];
    if (faults.length > 0) return invalid(...faults);
    const endpointId = uuid5(cause.commandId, 'webhook-endpoint');
    const secret = await this.secrets.putIfAbsent(endpointSecretName(endpointId), randomBytes(SECRET_BYTES));
    const after = await this.store.head();
    await this.aggregates.execute(endpointsType, ALL_ENDPOINTS, { type: 'RegisterEndpoint', endpointId, url, types, after }, cause);
    return { endpointId, url, types, secret: shownSecret(secret) };
  }

  private async faultsOfUrl(given: string): Promise<readonly Fault[]> {
    const url = URL.parse(given);
    if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
      return [{ pointer: '/url', code: 'not_a_url', message: 'must be an http or https URL without credentials' }];
    if (this.settings.webhookAllowPrivate || (await this.mayBePublic(url))) return [];
    return [{ pointer: '/url', code: 'address_not_public', message: 'must have a public address' }];
  }

  /** A name that means nothing yet may come to mean something: each delivery looks again. */
  private async mayBePublic(url: URL): Promise<boolean> {
    if (THIS_MACHINE.test(url.hostname)) return false;
    const slow = sleep(this.clock, RESOLVE_MS).then(() => []);
    const addresses = await Promise.race([addressesOf(url, resolveWithSystem).catch(() => []), slow]);
    return addresses.every(({ address }) => isPublic(address));
  }
}

const faultsOfTypes = (types: readonly string[]): readonly Fault[] =>
  types.flatMap((word, index) =>
    isTellable(word) ? [] : { pointer: `/types/${index}`, code: 'unknown_event_type', message: 'must be a public event, by its full type or its name' },
  );
