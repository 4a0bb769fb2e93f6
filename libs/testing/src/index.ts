export * from './given';
export * from './projected';
