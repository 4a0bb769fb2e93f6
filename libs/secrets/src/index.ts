export { createPersonalData } from './aes-personal-data';
export { openEmbeddedSecretStore } from './embedded/embedded-secret-store';
export * from './personal-data';
export * from './port';
