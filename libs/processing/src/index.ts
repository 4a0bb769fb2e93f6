export * from './aggregates';
export * from './cause';
export * from './deadlines';
export { AggregateRuntime, type AggregateRuntimeOptions } from './aggregate-runtime/aggregate-runtime';
export { type EventLog, type LogEvent, type LogPage, eventLogOf } from './projections/event-log';
export type { Comparison, ComparedGeneration } from './projections/comparison';
export type { ProjectionFailure } from './projections/fold';
export { type DocumentObserver, type GenerationStatus, ProjectionRunner, type ProjectionRunnerOptions, type ProjectionStatus } from './projections/projection-runner';
export { ProjectionFailed, type RebuildOptions, type RebuildProgress } from './projections/rebuilds';
