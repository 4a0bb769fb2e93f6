import { readSettings, SERVICE_PORTS, type ServiceName } from '@tillroll/settings';
import { type RunningService, type ServiceOptions, startService } from '../start-service';
import { runProgram } from './run-program';

const NEEDS = ['EVENTSTORE_URL', 'KAFKA_BROKERS', 'MONGODB_URL', 'SERVICE_TOKEN'];

export interface SeparateService extends Pick<ServiceOptions, 'contexts' | 'equip' | 'prepare' | 'openAudit'> {
  readonly name: ServiceName;
  /** The settings that it cannot do without, beside those that name the engines and the token of the services. */
  readonly needs?: readonly string[];
}

/** Runs one service as a process of its own; the environment says where everything is. */
export function runService({ needs = [], ...service }: SeparateService): void {
  const { name } = service;
  runProgram(`The ${name} service`, (): Promise<RunningService> => {
    const settings = readSettings(process.env, { service: { name, port: SERVICE_PORTS[name], needs: [...NEEDS, ...needs] } });
    return startService({ ...service, settings, serviceToken: settings.serviceToken ?? '' });
  });
}
