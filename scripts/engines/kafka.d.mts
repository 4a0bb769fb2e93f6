export interface Broker {
  readonly id: number;
  readonly port: number;
  readonly pid: number;
  /** On its data and its port. Resolves when it listens. */
  start(): Promise<void>;
  /** As a crash does. */
  kill(): Promise<void>;
}

export interface Brokers {
  /** `host:port` of each, separated by commas. */
  readonly address: string;
  /** The same over TLS and with the credentials; undefined without them. */
  readonly securedAddress: string | undefined;
  readonly brokers: readonly Broker[];
  stop(): Promise<void>;
}

export interface BrokersOptions {
  readonly directory: string;
  /** Default 1. */
  readonly nodes?: number;
  readonly user?: string;
  readonly password?: string;
  readonly onProgress?: (text: string) => void;
}

export function startBrokers(options: BrokersOptions): Promise<Brokers>;
