import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { allContracts, publicContracts } from '../all-contracts';
import { publicationOf } from '../publication';
import { schemaIdOf } from '../schema-id';
import { breakingChanges } from './breaking-changes';
import { generatedFiles } from './documents';
import { jsonSchemaOf } from './json-schema';

const root = resolve(__dirname, '../../../..');
const schemas = join(root, 'libs/contracts/schemas');
const fixtures = join(root, 'libs/contracts/fixtures');
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const { version } = readJson(join(root, 'package.json'));

const validator = new Ajv2020({ allErrors: true });
addFormats(validator);
for (const { contract } of publicContracts) validator.addSchema(jsonSchemaOf(contract));

const faultsOf = (type: string, data: unknown): unknown => (validator.validate(schemaIdOf(type), data) ? [] : validator.errors);

/** The events that the shop promises to other services. */
const PROMISED = {
  customer: ['account-opened', 'address-added', 'address-changed', 'address-removed', 'customer-forgotten'],
  inventory: [
    'product-created', 'product-changed', 'product-withdrawn', 'stock-adjusted', 'stock-held', 'stock-refused', 'stock-committed',
    'stock-released', 'stock-shipped', 'shortfall-recorded',
  ],
  cart: ['item-added', 'item-quantity-changed', 'item-removed', 'cart-emptied', 'cart-locked', 'cart-unlocked', 'cart-checked-out'],
  order: [
    'order-placed', 'order-rejected', 'order-confirmed', 'order-expired', 'order-canceled', 'order-processing', 'order-shipped',
    'order-delivered', 'compensation-completed',
  ],
  payment: [
    'payment-initiated', 'payment-action-required', 'payment-authorized', 'payment-captured', 'payment-failed', 'payment-voided',
    'payment-expired', 'refund-requested', 'refund-succeeded', 'refund-failed', 'refund-needs-attention',
  ],
};

describe('the public events', () => {
  it('are the promised ones', () => {
    const promised = Object.entries(PROMISED).flatMap(([context, names]) => names.map((name) => `tillroll.${context}.${name}.v1`));
    expect(publicContracts.map(({ contract }) => contract.type).sort()).toEqual(promised.sort());
  });

  it('and the internal ones have types of their own', () => {
    const types = allContracts.map(({ contract }) => contract.type);
    expect(new Set(types).size).toBe(types.length);
  });

  it.each(publicContracts.map(({ contract }) => [contract.type, jsonSchemaOf(contract)] as const))('%s has a valid example with all of its fields', (type, schema) => {
    const [example] = schema['examples'] as readonly unknown[];
    expect(faultsOf(type, example)).toEqual([]);
    expect(Object.keys(example as object).sort()).toEqual(Object.keys(schema['properties'] as object).sort());
  });

  it.each(readdirSync(schemas))('%s only gained optional fields since it was released', (file) => {
    const released = readJson(join(schemas, file));
    const present = publicContracts.find(({ contract }) => `${contract.type}.json` === file);
    expect(present).toBeDefined();
    if (present !== undefined) expect(breakingChanges(released, jsonSchemaOf(present.contract))).toEqual([]);
  });

  it.each(readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json')))('%s can still be read', (path) => {
    const [type = ''] = path.split('/');
    const stored = readJson(join(fixtures, path));
    const reader = publicContracts.find(({ contract, storedType }) => contract.type === type && storedType === stored['type']);
    expect(reader).toBeDefined();
    if (reader !== undefined) expect(faultsOf(type, publicationOf(reader.contract).data(stored['data'] as Record<string, unknown>))).toEqual([]);
  });

  it('have files that are up to date, and a fixture each', () => {
    for (const { path, text, kind } of generatedFiles(String(version)))
      if (kind === 'fixture') expect(() => readJson(join(root, path))).not.toThrow();
      else expect([path, readFileSync(join(root, path), 'utf8')]).toEqual([path, text]);
  });
});
