/** The boundaries of docs/architecture.md, as rules that fail. */
const CONTEXTS = 'cart|customer|inventory|order|payment';
const specs = '[.](spec|test|examples)[.]ts$';

module.exports = {
  forbidden: [
    {
      name: 'kernel-is-pure',
      comment: 'The kernel has no dependency, no Nest, no I/O; hashing and random bytes come from node:crypto.',
      severity: 'error',
      from: { path: '^libs/kernel/src', pathNot: specs },
      to: { pathNot: '^libs/kernel/src|^(node:)?crypto$' },
    },
    {
      name: 'decisions-are-pure',
      comment: 'What decides imports only the kernel and its own folder, and types of its own context.',
      severity: 'error',
      from: { path: [`^libs/(${CONTEXTS})/src/write/`, `^libs/(${CONTEXTS})/src/[a-z-]+/write/`], pathNot: specs },
      to: { pathNot: ['^libs/kernel/', '^libs/$1/src/write/', '^libs/$1/src/[a-z-]+/write/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'projections-and-policies-are-pure',
      comment: 'What projects and what follows from events imports the kernel, the contracts, its own context, and types of the ports.',
      severity: 'error',
      from: { path: [`^libs/(${CONTEXTS})/src/(read|automation)/`, `^libs/(${CONTEXTS})/src/[a-z-]+/(read|automation)/`], pathNot: specs },
      to: { pathNot: '^libs/(kernel|contracts)/|^libs/$1/src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contexts-meet-in-contracts-only',
      severity: 'error',
      from: { path: `^libs/(${CONTEXTS})/src` },
      to: { path: `^libs/(${CONTEXTS})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'nest-stays-at-the-edge',
      comment: 'Nest appears in modules, http folders, reactors, deadlines and apps, and in the libraries that extend it.',
      severity: 'error',
      from: { path: '^libs/', pathNot: ['[.]module[.]ts$', '/(http|reactors|deadlines|nest)/', '^libs/(http|service)/', specs] },
      to: { path: '(^|/)node_modules/@nestjs/' },
    },
    {
      name: 'the-sql-engine-stays-in-its-adapter',
      severity: 'error',
      from: { pathNot: '^libs/event-store/src/embedded/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'the-event-store-client-stays-in-its-adapter',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^libs/event-store/src/(eventstoredb|testing)/' },
      to: { path: '(^|/)node_modules/@eventstore/' },
    },
    {
      name: 'the-kafka-client-stays-in-its-adapter',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^libs/event-bus/src/kafka/' },
      to: { path: '(^|/)node_modules/kafkajs/' },
    },
    {
      name: 'the-mongodb-client-stays-in-its-adapters',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^libs/mongodb/src/' },
      to: { path: '(^|/)node_modules/mongodb/' },
    },
    {
      name: 'libraries-do-not-know-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    { name: 'no-cycles-between-files', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|apps)/[^/]+/dist/' },
    builtInModules: { add: ['sqlite', 'node:sqlite'] },
  },
};
