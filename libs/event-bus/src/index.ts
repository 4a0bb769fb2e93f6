export * from './consumers/consumer-records';
export * from './consumers/retry';
export * from './logger';
export * from './port';
export * from './relay/relay-checkpoints';
export * from './translate';
