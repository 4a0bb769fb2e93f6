export * from './aggregates';
export * from './cause';
export * from './deadlines';
