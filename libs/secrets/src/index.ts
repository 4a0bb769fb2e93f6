export * from './personal-data';
export * from './port';
