export { type Random, seededRandom } from './chaos/seeded-random';
export type { ChaosSettings } from './chaos/chaos';
export { testMethods } from './intents/test-methods';
export { openSandboxGateway, type SandboxGateway, type SandboxGatewayOptions } from './sandbox-gateway';
export { SandboxGatewayModule, type SandboxGatewayModuleOptions } from './sandbox-gateway.module';
