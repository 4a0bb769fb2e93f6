export * from './check-append';
export { DirectoryInUse, isDirectoryInUse } from './embedded/directory-lock';
export { openEmbeddedEventStore } from './embedded/embedded-event-store';
export { openEmbeddedSnapshotCache } from './embedded/embedded-snapshot-cache';
export { EmbeddedEngine, type EngineOptions, type Row, type SqlValue, type Statement } from './embedded/engine';
export * from './port';
export * from './snapshot-cache';
