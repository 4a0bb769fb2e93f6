/** Tests run from source; tests that start real processes run what `npm run build` made. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tests'],
  testMatch: ['**/*.spec.ts', '**/*.test.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@tillroll/(sandbox-gateway|shop)$': '<rootDir>/apps/$1/src/index.ts',
    '^@tillroll/(sandbox-gateway|shop)/(.+)$': '<rootDir>/apps/$1/src/$2.ts',
    '^@tillroll/(gateway|cart|order|inventory|payment|customer)-service/(.+)$': '<rootDir>/apps/$1/src/$2.ts',
    '^@tillroll/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@tillroll/([^/]+)/(.+)$': '<rootDir>/libs/$1/src/$2.ts',
  },
  // Those that need the engines: npm run test:engines.
  testPathIgnorePatterns: ['/node_modules/', '[.]engines[.]test[.]ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 60_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/tools/jest-counts-reporter.cjs'],
};
