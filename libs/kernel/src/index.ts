export * from './clock';
export * from './decider';
export * from './domain-error';
export * from './money';
export * from './persistent-map';
export * from './uuid';
