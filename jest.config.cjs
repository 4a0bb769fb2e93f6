/** Tests run from source; only tests that start real processes need `npm run build` first. */
const fromSource = {
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@tillroll/(sandbox-gateway|shop)$': '<rootDir>/apps/$1/src/index.ts',
    '^@tillroll/(sandbox-gateway|shop)/(.+)$': '<rootDir>/apps/$1/src/$2.ts',
    '^@tillroll/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@tillroll/([^/]+)/(.+)$': '<rootDir>/libs/$1/src/$2.ts',
  },
  extensionsToTreatAsEsm: [],
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tests'],
  testMatch: ['**/*.spec.ts', '**/*.test.ts'],
};
module.exports = fromSource;
