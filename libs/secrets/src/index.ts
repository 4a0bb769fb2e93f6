export { createPersonalData } from './aes-personal-data';
export { sealedTexts, withReadableTexts } from './free-text';
export { openEmbeddedSecretStore } from './embedded/embedded-secret-store';
export { type KeptSecret, keptSecrets } from './embedded/kept-secrets';
export * from './personal-data';
export * from './port';
