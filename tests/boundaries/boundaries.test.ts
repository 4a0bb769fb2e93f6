import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** What dependency-cruiser says about a tree that holds only these files, under the repository's own rules. */
function violations(files: Readonly<Record<string, string>>): readonly string[] {
  const tree = mkdtempSync(join(tmpdir(), 'tillroll-boundaries-'));
  try {
    for (const shared of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json']) cpSync(join(ROOT, shared), join(tree, shared));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    const cruise = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const report = execFileSync(process.execPath, [cruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs'], { cwd: tree, encoding: 'utf8' });
    const { summary } = JSON.parse(report) as { summary: { violations: readonly { rule: { name: string } }[] } };
    return summary.violations.map(({ rule }) => rule.name);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

const OTHER = { 'libs/order/src/write/order.ts': 'export const order = 1;', 'libs/kernel/src/index.ts': 'export const kernel = 1;', 'libs/contracts/src/index.ts': 'export const contract = 1;' };

describe('boundaries', () => {
  it.each([
    ['a decision that imports Nest', 'decisions-are-pure', { 'libs/cart/src/write/cart.ts': "import { Injectable } from '@nestjs/common';\nexport const cart = Injectable;" }],
    ['a decision that reads a file', 'decisions-are-pure', { 'libs/cart/src/write/cart.ts': "import { readFileSync } from 'node:fs';\nexport const cart = readFileSync;" }],
    ['a projection that reads a file', 'projections-and-policies-are-pure', { 'libs/cart/src/read/carts.ts': "import { readFileSync } from 'node:fs';\nexport const carts = readFileSync;" }],
    ['a context that imports another', 'contexts-meet-in-contracts-only', { 'libs/cart/src/http/carts.ts': "import { order } from '../../../order/src/write/order';\nexport const carts = order;" }],
    ['Nest in a port', 'nest-stays-at-the-edge', { 'libs/event-store/src/port.ts': "import { Injectable } from '@nestjs/common';\nexport const port = Injectable;" }],
    ['the EventStoreDB client outside its adapter', 'the-event-store-client-stays-in-its-adapter', { 'libs/processing/src/a.ts': "import { END } from '@eventstore/db-client';\nexport const a = END;" }],
    ['the Kafka client outside its adapter', 'the-kafka-client-stays-in-its-adapter', { 'libs/event-bus/src/relay/a.ts': "import { Kafka } from 'kafkajs';\nexport const a = Kafka;" }],
    ['the MongoDB client outside its adapters', 'the-mongodb-client-stays-in-its-adapters', { 'libs/read-models/src/a.ts': "import { MongoClient } from 'mongodb';\nexport const a = MongoClient;" }],
    ['the SQL engine outside its adapter', 'the-sql-engine-stays-in-its-adapter', { 'libs/read-models/src/embedded/store.ts': "import { DatabaseSync } from 'node:sqlite';\nexport const database = DatabaseSync;" }],
    ['a kernel with a dependency', 'kernel-is-pure', { 'libs/kernel/src/ids.ts': "import { v5 } from 'uuid';\nexport const id = v5;" }],
    ['a cycle', 'no-cycles-between-files', { 'libs/cart/src/a.ts': "import { b } from './b';\nexport const a = () => b;", 'libs/cart/src/b.ts': "import { a } from './a';\nexport const b = () => a;" }],
  ])('%s is refused', (_what, rule, files) => {
    expect(violations({ ...OTHER, ...files })).toContain(rule);
  });

  it('what is allowed passes', () => {
    const files = {
      'libs/cart/src/write/cart.ts': "import { kernel } from '../../../kernel/src/index';\nexport const cart = kernel;",
      'libs/cart/src/read/carts.ts': "import { contract } from '../../../contracts/src/index';\nimport { cart } from '../write/cart';\nexport const carts = [contract, cart];",
    };
    expect(violations({ ...OTHER, ...files })).toEqual([]);
  });
});
