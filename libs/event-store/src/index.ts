export * from './port';
export * from './snapshot-cache';
