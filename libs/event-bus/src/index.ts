export * from './consumers/retry';
export * from './logger';
export * from './port';
export * from './translate';
