export * from './aggregates';
export * from './cause';
export * from './deadlines';
export { AggregateRuntime, type AggregateRuntimeOptions } from './aggregate-runtime/aggregate-runtime';
