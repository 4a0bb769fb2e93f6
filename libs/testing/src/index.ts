export * from './given';
export * from './projected';
export * from './until';
export * from './virtual-clock';
