export * from './leading/audit';
export * from './publications';
export * from './service-context';
export { type Equipment, type EquippingParts, type RunningService, type ServiceOptions, startService } from './start-service';
