export * from './check-append';
export { DirectoryInUse, isDirectoryInUse } from './embedded/directory-lock';
export { openEmbeddedEventStore } from './embedded/embedded-event-store';
export { openEmbeddedSnapshotCache } from './embedded/embedded-snapshot-cache';
export { EmbeddedEngine, type EngineOptions, type WriteOptions } from './embedded/engine';
export type { Row, SqlValue, Statement } from './embedded/statement';
export * from './port';
export * from './snapshot-cache';
