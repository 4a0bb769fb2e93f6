export { EmbeddedReadModels, type EmbeddedReadModelsOptions, openEmbeddedReadModels } from './embedded/embedded-read-models';
export { openReadModelsBeside } from './embedded/read-models-beside';
export * from './followed-positions';
export * from './port';
export * from './projection';
export * from './projection-store';
export * from './query-index';
