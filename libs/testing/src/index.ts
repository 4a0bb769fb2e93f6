export * from './given';
export * from './projected';
export * from './virtual-clock';
