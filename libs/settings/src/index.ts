export * from './duration';
export * from './invalid-settings';
export * from './read-settings';
export * from './settings';
