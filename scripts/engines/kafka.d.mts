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
  readonly brokers: readonly Broker[];
  stop(): Promise<void>;
}

export function startBrokers(options: { readonly directory: string; readonly nodes?: number; readonly onProgress?: (text: string) => void }): Promise<Brokers>;
