import { readFileSync } from 'node:fs';
import type { ISocketFactory, KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import type { BusLogger } from '../logger';
import { patchClient } from './client-patches';
import type { KafkaAddress } from './kafka-address';

export interface KafkaClientOptions {
  readonly address: KafkaAddress;
  /** Seen in the broker's logs and metrics. */
  readonly clientId: string;
  readonly logger: BusLogger;
  readonly socketFactory?: ISocketFactory;
}

/** Errors of single requests, which the client repeats by itself; what does not pass is told by those who use it. */
const REPEATED = new Set(['Connection', 'Producer', 'Cluster', 'BrokerPool', 'ConsumerGroup', 'Runner', 'Consumer']);

export function openKafkaClient({ address, clientId, logger, socketFactory }: KafkaClientOptions): Kafka {
  patchClient();
  const { brokers, tls, caFile, credentials } = address;
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 8 },
    logLevel: logLevel.ERROR,
    logCreator: () => (entry) => report(logger, entry),
  };
  if (tls) config.ssl = caFile === undefined ? true : { ca: readFileSync(caFile, 'utf8') };
  if (credentials !== undefined) config.sasl = saslOf(credentials);
  if (socketFactory !== undefined) config.socketFactory = socketFactory;
  return new Kafka(config);
}

// The client's types tie each mechanism to its own option.
function saslOf({ mechanism, username, password }: NonNullable<KafkaAddress['credentials']>): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
    default:
      return mechanism satisfies never;
  }
}

function report(logger: BusLogger, { namespace, level, log }: LogEntry): void {
  if (level !== logLevel.ERROR || REPEATED.has(namespace)) return;
  const { message, ...details } = log;
  logger.warn({ ...details, namespace }, `kafka: ${message}`);
}
